"""What cameras in PipeWire offer is understood, and the best of it is asked for."""

import ctypes
import errno
import os
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from vcam.frames import Size
from vcam.pipewire import formats, pods
from vcam.pipewire.cameras import CameraNode
from vcam.pipewire.connection import running
from vcam.pipewire.formats import LAYOUTS, MJPG, Offer, choose, offers_in
from vcam.pipewire.pods import Values
from vcam.sources.listing import find_camera
from vcam.sources.pipewire_listing import nodes_now, only_in_pipewire

HD, VGA, FULL_HD = Size(1280, 720), Size(640, 480), Size(1920, 1080)


def pod(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", len(body), kind) + body + bytes(-len(body) % 8)


def choice(how: int, kind: int, values: Sequence[bytes]) -> bytes:
    head = struct.pack("<4I", how, 0, len(values[0]), kind)
    return pod(pods.CHOICE, head + b"".join(values))


def pairs(*values: tuple[int, int]) -> list[bytes]:
    return [struct.pack("<II", *value) for value in values]


def offered(**properties: bytes) -> list[Offer]:
    """What is understood of a format with these properties."""
    keys = {
        "subtype": pods.MEDIA_SUBTYPE,
        "layout": pods.VIDEO_FORMAT,
        "size": pods.VIDEO_SIZE,
        "rate": pods.VIDEO_RATE,
        "modifier": 0x20002,
    }
    body = struct.pack("<II", pods.OBJECT_FORMAT, pods.ENUM_FORMAT)
    body += struct.pack("<II", pods.MEDIA_TYPE, 0) + pod(pods.ID, struct.pack("<I", 2))
    for name, value in properties.items():
        body += struct.pack("<II", keys[name], 0) + value
    kept = ctypes.create_string_buffer(pod(pods.OBJECT, body))
    return list(offers_in(ctypes.addressof(kept)))


def number(kind: int, value: int) -> bytes:
    return pod(kind, struct.pack("<I", value))


RAW = number(pods.ID, pods.RAW)
NV12 = number(pods.ID, LAYOUTS["NV12"])


def test_sizes_rates_and_formats_may_be_lists_whose_first_value_is_the_usual_one() -> None:
    layouts = [struct.pack("<I", LAYOUTS[name]) for name in ("YUYV", "YUYV", "NV12")]
    sizes, rates = pairs(HD, HD, VGA), pairs((30, 1), (30, 1), (15, 1))
    found = offered(
        subtype=RAW,
        layout=choice(pods.ENUM, pods.ID, layouts),
        size=choice(pods.ENUM, pods.RECTANGLE, sizes),
        rate=choice(pods.ENUM, pods.FRACTION, rates),
    )
    both = Values((HD, VGA)), Values((Fraction(30), Fraction(15)))
    assert found == [Offer("YUYV", *both), Offer("NV12", *both)]


def test_a_camera_that_can_do_any_size_and_rate_is_asked_for_the_wanted_ones() -> None:
    (offer,) = offered(
        subtype=RAW,
        layout=NV12,
        size=choice(pods.RANGE, pods.RECTANGLE, pairs(VGA, (16, 16), FULL_HD)),
        rate=choice(pods.RANGE, pods.FRACTION, pairs((15, 1), (1, 1), (60, 1))),
    )
    assert offer.sizes == Values((Size(16, 16), FULL_HD), between=True)
    exact = Offer("NV12", Values((HD,)), Values((Fraction(25),)))
    assert choose([offer], "", HD, 25) == exact
    larger = choose([offer], "", Size(3840, 2160), 90)
    assert larger == Offer("NV12", Values((FULL_HD,)), Values((Fraction(60),)))
    node = CameraNode("camera", {}, (offer,))
    (camera,) = only_in_pipewire([node], ())
    assert HD in {mode.size for mode in camera.modes}
    assert Size(3840, 2160) not in {mode.size for mode in camera.modes}


def test_of_sizes_in_steps_the_next_larger_one_is_asked_for_as_a_range() -> None:
    """PipeWire compares steps with ranges only."""
    sizes = pairs((64, 48), (64, 48), (1920, 1080), (16, 8))
    rates = pairs((30, 1), (1, 1), (60, 1), (1, 1))
    (offer,) = offered(
        subtype=RAW,
        layout=NV12,
        size=choice(pods.STEP, pods.RECTANGLE, sizes),
        rate=choice(pods.STEP, pods.FRACTION, rates),
    )
    chosen = choose([offer], "", Size(1270, 715), 25)
    assert chosen is not None
    ranges = [choice(pods.RANGE, pods.RECTANGLE, 3 * pairs(HD))]
    ranges.append(choice(pods.RANGE, pods.FRACTION, 3 * pairs((25, 1))))
    assert all(each in chosen.pod for each in ranges)
    for wanted, asked in [((8000, 8000), (1920, 1080)), ((1, 1), (64, 48))]:
        larger = choose([offer], "", Size(*wanted), 25)
        assert larger is not None and larger.sizes.each == (Size(*asked),)
    node = CameraNode("camera", {}, (offer,))
    (camera,) = only_in_pipewire([node], ())
    sizes_listed = {mode.size for mode in camera.modes}
    assert HD in sizes_listed and Size(1920, 1080) in sizes_listed
    assert Size(640, 364) not in sizes_listed


def test_a_list_without_any_value_that_means_something_says_nothing() -> None:
    size = pod(pods.RECTANGLE, pairs(HD)[0])
    rates = choice(pods.ENUM, pods.FRACTION, pairs((0, 0), (0, 0), (5, 0)))
    (offer,) = offered(subtype=RAW, layout=NV12, size=size, rate=rates)
    assert offer == Offer("NV12", Values((HD,)), None)
    assert choose([offer], "", HD, 30) == offer
    nothing = pod(pods.CHOICE, struct.pack("<4I", pods.ENUM, 0, 8, pods.RECTANGLE))
    assert offered(subtype=RAW, layout=NV12, size=nothing) == []


def test_what_is_agreed_upon_may_come_as_a_choice_of_one() -> None:
    size = choice(pods.NONE, pods.RECTANGLE, pairs(HD))
    (offer,) = offered(subtype=RAW, layout=NV12, size=size)
    assert offer == Offer("NV12", Values((HD,)), None)


def test_jpeg_pictures_are_understood_and_films_and_unknown_formats_are_not() -> None:
    size = pod(pods.RECTANGLE, pairs(HD)[0])
    (offer,) = offered(subtype=number(pods.ID, MJPG), size=size)
    assert offer.kind == "MJPG"
    assert offered(subtype=number(pods.ID, 0x20001), size=size) == []
    assert offered(subtype=RAW, layout=number(pods.ID, 77), size=size) == []
    assert offered(subtype=RAW, layout=NV12) == []


def test_properties_of_other_types_and_rates_without_meaning_are_left_out() -> None:
    size = pod(pods.RECTANGLE, pairs(HD)[0])
    (offer,) = offered(
        modifier=pod(5, struct.pack("<q", 0)),
        subtype=RAW,
        layout=NV12,
        rate=pod(pods.FRACTION, pairs((30, 0))[0]),
        size=size,
    )
    assert offer == Offer("NV12", Values((HD,)), None)


def mode(kind: str, size: Size, *rates: int) -> Offer:
    return Offer(kind, Values((size,)), Values(tuple(map(Fraction, rates))))


@pytest.mark.parametrize(
    ("wanted", "fps", "best"),
    [
        (HD, 30, ("MJPG", HD, 30)),
        (HD, 10, ("YUYV", HD, 10)),
        (VGA, 30, ("YUYV", VGA, 30)),
        (Size(1024, 576), 60, ("MJPG", HD, 60)),
        (Size(3840, 2160), 30, ("MJPG", FULL_HD, 30)),
    ],
)
def test_the_size_counts_most_then_the_rate_then_what_costs_less(
    wanted: Size, fps: float, best: tuple[str, Size, int]
) -> None:
    offers = [
        mode("MJPG", FULL_HD, 30),
        mode("MJPG", HD, 60, 30),
        mode("YUYV", HD, 10),
        mode("YUYV", VGA, 30),
        mode("MJPG", VGA, 30),
    ]
    assert choose(offers, "", wanted, fps) == mode(*best)


def test_a_format_that_is_named_is_taken_or_nothing() -> None:
    offers = [mode("YUYV", HD, 30), mode("MJPG", VGA, 30)]
    assert choose(offers, "MJPG", HD, 30) == mode("MJPG", VGA, 30)
    assert choose(offers, "NV12", HD, 30) is None
    assert choose(offers, "", None, None) == mode("YUYV", HD, 30)
    assert set(formats.KINDS) >= {offer.kind for offer in offers}


@pytest.mark.parametrize(
    ("about", "listed"),
    [
        ({"api.v4l2.path": __file__}, False),  # which is here
        ({"api.v4l2.path": "/dev/video987"}, True),
        ({"api.v4l2.path": "/dev/video987", "api.v4l2.cap.driver": "v4l2 loopback"}, False),
        ({}, False),
    ],
)
def test_a_device_that_vcam_could_read_itself_is_never_read_through_pipewire(
    about: dict[str, str], listed: bool
) -> None:
    about = {"device.api": "v4l2", **about}
    node = CameraNode("v4l2_input.pci-0000", about, (mode("YUYV", HD, 30),))
    assert bool(only_in_pipewire([node], ())) == listed


def test_a_name_that_steers_a_terminal_is_written_out() -> None:
    node = CameraNode("camera", {"node.description": "\x1b[2JCam"}, (mode("NV12", HD, 30),))
    (camera,) = only_in_pipewire([node], ())
    assert camera.name == "\\x1b[2JCam"


def test_of_two_cameras_with_one_name_the_first_is_meant_so_that_it_can_be_chosen() -> None:
    offers = (mode("YUYV", HD, 30),)
    names = ("obs", "phone", "obs")
    nodes = [
        CameraNode(name, {"device.api": str(at)}, offers) for at, name in enumerate(names)
    ]
    cameras = only_in_pipewire(nodes, ())
    assert [camera.name for camera in cameras] == ["phone", "obs"]
    assert find_camera("obs", cameras).path == "pipewire:obs"


def test_without_access_to_the_folder_of_the_session_there_is_no_pipewire(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """``su`` may keep the variables of the user that it was called by."""

    def refused(*_: object, **__: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.delenv("PIPEWIRE_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PIPEWIRE_REMOTE", "vcam-0")
    (tmp_path / "vcam-0").touch()
    assert running()
    with monkeypatch.context() as another_user:
        another_user.setattr(Path, "stat", refused)
        another_user.setattr(os, "access", lambda *_: False)
        assert not running() and nodes_now() == ()
    monkeypatch.setenv("PIPEWIRE_REMOTE", "x" * 300)
    assert not running()
