"""The menu tells the truth: marks show what is chosen, the headline what is happening."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.backgrounds.unknown import Unknown
from vcam.frames import Size
from vcam.imaging.options import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.outputs.options import USUAL_PORT, OutputOptions
from vcam.pipeline.options import LoopOptions, PauseOptions
from vcam.settings import Settings
from vcam.sources.camera_info import CameraInfo
from vcam.sources.options import SourceOptions
from vcam.status import Hold, State, Status
from vcam.tray import menu as pure
from vcam.tray.actions import Break, Change, StartAtLogin, Task
from vcam.tray.backgrounds import Offer
from vcam.tray.menu import Menu, Moment, Surroundings
from vcam.tray.model import Entry, Mood
from vcam.verbs import FREEZE, LOOP, PAUSE, QUIT, RESUME, Verb

BEACH, FOREST = Path("/pictures/beach.jpg"), Path("/pictures/forest.png")
DESK = CameraInfo("Desk Cam", "/dev/video0", 0, "usb:1:2::00.0@1-1")
LID = CameraInfo("Lid Cam", "/dev/video2", 2, "usb:3:4::00.0@1-2")
AROUND = Surroundings(
    gallery=(Offer("Beach", Picture(BEACH)), Offer("Forest", Picture(FOREST), b"png")),
    cameras=(DESK, LID),
    at_login=False,
)
BACKGROUNDS: list[Any] = [
    Room(),
    Blur(),
    Blur(20),
    Blur(70),
    Color(),
    Color("teal"),
    Color("rgb(0 177 64)"),
    Picture(BEACH),
    Picture(BEACH, "contain"),
    Picture(Path("/elsewhere/beach.jpg")),
    Unknown("hologram", (("depth", 3),)),
]


def menu(
    settings: Settings, status: Status, around: Surroundings, held: Hold = Hold.NOTHING
) -> Menu:
    return pure.menu(settings, held, Moment.of(status), around)


def shown(
    settings: Settings | None = None, status: Status | None = None, around: Any = AROUND
) -> tuple[Entry, ...]:
    return menu(settings or Settings(), status or Status(), around).look.menu


def find(entries: tuple[Entry, ...], *path: str) -> Entry:
    for name in path:
        (entry,) = (each for each in entries if name in (each.key, each.label))
        entries = entry.children or ()
    return entry


def everything(
    entries: tuple[Entry, ...], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for entry in entries:
        path = (*above, entry.key or entry.label)
        yield path, entry
        yield from everything(entry.children or (), path)


def marked(entries: tuple[Entry, ...], *path: str) -> list[str]:
    below = everything(find(entries, *path).children or ())
    return [entry.label for _, entry in below if entry.radio and entry.checked]


@pytest.mark.parametrize("background", BACKGROUNDS, ids=str)
@pytest.mark.parametrize("gallery", [AROUND.gallery, ()], ids=["full", "empty"])
def test_exactly_the_chosen_background_is_marked(
    background: Background, gallery: tuple[Offer, ...]
) -> None:
    settings = Settings(background=background)
    now = menu(settings, Status(), replace(AROUND, gallery=gallery))
    assert len(marked(now.look.menu, "background")) == 1
    (path,) = (
        path
        for path, entry in everything(now.look.menu)
        if path[0] == "background" and entry.checked
    )
    change = now.actions[path]
    assert isinstance(change, Change)
    chosen = change(settings)
    assert menu(chosen, Status(), replace(AROUND, gallery=gallery)) == now
    if not isinstance(background, Color):  # there are many ways to write a colour
        assert chosen == settings


def test_an_enter_too_many_changes_nothing() -> None:
    """The keys stand on the first line of a menu that opens, the mouse lies beside it."""
    now = menu(Settings(), Status(), AROUND)
    first, *_ = find(now.look.menu, "background").children or ()
    assert now.actions["background", first.key] is Task.ADD


@pytest.mark.parametrize("count", [2, 300])
def test_no_submenu_is_in_another(count: int) -> None:
    """GNOME shows it empty where the screen is small."""
    many = tuple(
        Offer(f"IMG {n:03}", Picture(Path(f"/p/{n:03}.jpg"))) for n in range(count)
    )
    around = replace(AROUND, gallery=many)
    assert all(
        child.children is None
        for entry in shown(around=around)
        for child in entry.children or ()
    )


def test_the_chosen_value_stands_on_the_line_that_opens_the_choice() -> None:
    labels = [entry.label for entry in shown(around=AROUND) if entry.children]
    assert labels == [
        "Background: Blur medium",
        "Camera: First camera found",
        "Picture",
        "Framing: Whole picture",
        "Look",
        "Quality: 720p, 30 fps, standard",
        "Break",
    ]
    beach = shown(Settings(background=Picture(BEACH), source=SourceOptions("lid")))
    assert find(beach, "background").label == "Background: Beach"
    assert find(beach, "camera").label == "Camera: Lid Cam"


def test_a_click_on_the_icon_itself_opens_the_preview() -> None:
    now = menu(Settings(), Status(), AROUND)
    assert now.actions[now.look.clicked] is Task.PREVIEW


def test_the_mark_shows_what_is_chosen_and_the_headline_what_is_happening() -> None:
    status = Status(State.LIVE, background_title="beach", fps=30)
    now = shown(Settings(background=Picture(FOREST)), status)
    assert marked(now, "background") == ["Forest"]
    assert now[0].label == "Live · beach"
    assert not now[0].enabled


def test_every_entry_that_can_be_clicked_does_something() -> None:
    for background, state in product(BACKGROUNDS, State):
        now = menu(Settings(background=background), Status(state), AROUND)
        for path, entry in everything(now.look.menu):
            clickable = entry.enabled and not entry.separator and entry.children is None
            assert (path in now.actions) == clickable, path


def test_the_studio_is_offered_first_of_what_opens_a_window() -> None:
    """Also where it is not installed: whoever has no terminal finds it nowhere else."""
    now = menu(Settings(), Status(), AROUND)
    assert now.actions["studio",] is Task.STUDIO
    labels = [entry.label for entry in now.look.menu if entry.label.endswith("…")]
    assert labels == ["Studio…", "Preview…", "Welcome…", "Diagnose…"]


def test_siblings_can_be_told_apart() -> None:
    twins = (DESK, replace(DESK, path="/dev/video4", identity="usb:1:2::00.0@1-3"))
    now = shown(around=replace(AROUND, cameras=twins))
    paths = [path for path, entry in everything(now) if not entry.separator]
    assert len(paths) == len(set(paths))
    labels = [entry.label for entry in find(now, "camera").children or ()]
    assert "Desk Cam (/dev/video0)" in labels and "Desk Cam (/dev/video4)" in labels


def test_a_choice_keeps_how_pictures_are_fitted() -> None:
    settings = Settings(background=Picture(BEACH, "contain"))
    change = menu(settings, Status(), AROUND).actions["background", str(FOREST)]
    assert isinstance(change, Change)
    assert change(settings).background == Picture(FOREST, "contain")


def test_an_own_strength_and_an_own_colour_are_listed_as_they_are() -> None:
    blurred, coloured = (
        shown(Settings(background=each)) for each in (Blur(70), Color("teal"))
    )
    assert marked(blurred, "background") == ["Blur: strength 70"]
    assert marked(coloured, "background") == ["Colour: teal"]


def test_a_background_that_left_the_gallery_stays_listed() -> None:
    now = shown(Settings(background=Picture(Path("/elsewhere/office.png"))))
    assert marked(now, "background") == ["office"]


def test_a_file_that_comes_or_goes_moves_no_other_entry_to_another_key() -> None:
    before = dict(everything(shown()))
    more = (Offer("Alps", Picture(Path("/pictures/alps.jpg"))), *AROUND.gallery)
    after = dict(everything(shown(around=replace(AROUND, gallery=more))))
    assert before.items() - after.items() == {
        (path, entry) for path, entry in before.items() if path == ("background",)
    }


def test_news_changes_the_headline_and_nothing_else_in_the_menu() -> None:
    one = shown(status=Status(State.LIVE, fps=30))
    other = shown(status=Status(State.RESTING))
    assert one[0].key == other[0].key and one[1:] == other[1:]


def test_a_long_message_keeps_the_name_of_its_file() -> None:
    path = f"/home/anna/.local/share/vcam/{'deep/' * 20}holiday.jpg"
    broken = f"{path!r} is not a picture that vcam can read"
    lines = shown(status=Status(State.WAITING, broken, "Try '/dev/video10'"))[:3]
    assert [line.label for line in lines] == [
        "Waiting: 'holiday.jpg' is not a picture that",
        "vcam can read",
        "Try '/dev/video10'",
    ]


def test_no_message_makes_the_menu_wide_or_long() -> None:
    words = "Something is missing that has a very long name " * 9
    now = shown(status=Status(State.WAITING, words, "w" * 500))
    above = now[: [line.separator for line in now].index(True)]
    first = [line for line in above if not line.enabled]
    assert len(first) == 4 and all(len(line.label) <= 44 for line in first)


def test_the_frame_rate_changes_nothing_in_the_menu_and_its_tooltip() -> None:
    one, other = (
        menu(Settings(), Status(State.LIVE, fps=fps), AROUND).look for fps in (24.6, 30.1)
    )
    assert one == other


def test_three_hundred_pictures_are_put_on_pages() -> None:
    many = tuple(Offer(f"IMG {n:03}", Picture(Path(f"/p/{n:03}.jpg"))) for n in range(300))
    now = shown(Settings(background=many[123].background), None, Surroundings(many))
    pages = [entry for entry in now if entry.key.startswith("page")]
    assert len(pages) == 6 and len(find(now, "background").children or ()) < 30
    assert "IMG 100 – IMG 149" in [entry.label for entry in pages]
    assert marked(now, "page 2") == ["IMG 123"] and not marked(now, "background")
    assert find(now, "background").label == "Background: IMG 123"


def test_a_very_long_name_loses_its_middle() -> None:
    name = "holiday " * 30 + "2024"
    now = shown(around=Surroundings((Offer(name, Picture(BEACH)),)))
    label = find(now, "background", str(BEACH)).label
    assert len(label) <= 44 and label.startswith("holiday") and label.endswith("2024")


def test_a_thumbnail_stands_beside_its_picture() -> None:
    assert find(shown(), "background", str(FOREST)).thumbnail == b"png"


@pytest.mark.parametrize(
    ("camera", "label"),
    [
        ("", "First camera found"),
        ("Desk Cam", "Desk Cam"),
        ("lid", "Lid Cam"),
        (DESK.identity, "Desk Cam"),
        ("0", "Desk Cam"),
        ("cam", "cam (fits 2 cameras)"),
        ("Studio Cam", "Studio Cam (not plugged in)"),
        ("usb:9:9::00.0@1-9", "The chosen camera (not plugged in)"),
        ("presenter", "The drawn presenter"),
        ("/videos/talk.mp4", "talk"),
    ],
)
def test_exactly_the_chosen_camera_is_marked(camera: str, label: str) -> None:
    settings = Settings(source=SourceOptions(camera))
    now = menu(settings, Status(), AROUND)
    assert marked(now.look.menu, "camera") == [label]
    (path,) = (p for p, e in everything(now.look.menu) if p[0] == "camera" and e.checked)
    change = now.actions[path]
    assert isinstance(change, Change) and change(settings) == settings


def test_a_chosen_camera_stays_listed_by_its_name_when_it_is_unplugged() -> None:
    settings = Settings(source=SourceOptions(DESK.identity))
    around = replace(AROUND, cameras=(LID,), gone=(DESK,))
    assert marked(shown(settings, None, around), "camera") == ["Desk Cam (not plugged in)"]


def test_without_any_camera_the_menu_says_so() -> None:
    assert not find(shown(around=Surroundings()), "camera", "No camera found").enabled


@pytest.mark.parametrize("size", [Size(1280, 720), Size(800, 600)])
@pytest.mark.parametrize("fps", [30.0, 25.0])
@pytest.mark.parametrize("preset", ["light", "standard", "best"])
def test_size_rate_and_quality_are_marked_as_they_are(
    size: Size, fps: float, preset: str
) -> None:
    settings = Settings(output=OutputOptions(size=size, fps=fps), mask=MaskOptions(preset))
    now = shown(settings)
    size_label, rate_label, cut_out = marked(now, "quality")
    assert size_label in (f"{size.height}p", str(size))
    assert rate_label == f"{fps:g} frames a second"
    assert cut_out.startswith(f"Cut-out: {preset}")
    assert find(now, "quality").label == f"Quality: {size_label}, {fps:g} fps, {preset}"


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_camera_that_hangs_upside_down_is_turned_in_the_menu(degrees: int) -> None:
    settings = Settings(source=SourceOptions(rotate=degrees))
    label = f"Turned by {degrees}°" if degrees else "Not turned"
    assert marked(shown(settings), "picture") == [label]
    path = ("picture", f"rotate {degrees}")
    change = menu(Settings(), Status(), AROUND).actions[path]
    assert isinstance(change, Change) and change(Settings()) == settings


@pytest.mark.parametrize(
    ("key", "label", "framing"),
    [
        ("whole", "Whole picture", FramingOptions()),
        ("face", "Follow me: face", FramingOptions(True, "face")),
        ("body", "Follow me: upper body", FramingOptions(True, "body")),
        ("zoom 150", "Zoomed to 150 %", FramingOptions(zoom=150.0)),
    ],
)
def test_one_entry_says_what_of_the_picture_is_shown(
    key: str, label: str, framing: FramingOptions
) -> None:
    settings = Settings(framing=framing)
    assert marked(shown(settings), "framing") == [label]
    assert find(shown(settings), "framing").label == f"Framing: {label}"
    for before in (Settings(), Settings(framing=FramingOptions(True, zoom=120.0))):
        change = menu(before, Status(), AROUND).actions[("framing", key)]
        assert isinstance(change, Change)
        assert marked(shown(change(before)), "framing") == [label]


def test_a_zoom_of_ones_own_is_in_the_menu_while_it_is_chosen() -> None:
    own = Settings(framing=FramingOptions(zoom=137.5, pan=10.0))
    assert marked(shown(own), "framing") == ["Zoomed to 137.5 %"]


def test_checks_turn_on_and_off() -> None:
    settings = Settings()
    for path in [("picture", each) for each in ("flip", "mirror")]:
        assert find(shown(settings), *path).checked is False
        change = menu(settings, Status(), AROUND).actions[path]
        assert isinstance(change, Change)
        changed = change(settings)
        assert find(shown(changed), *path).checked is True
        back = menu(changed, Status(), AROUND).actions[path]
        assert isinstance(back, Change) and back(changed) == settings


def test_the_menu_says_where_the_picture_is_served_and_not_the_secret_of_it() -> None:
    now = menu(
        Settings(), Status(State.LIVE, served="http://127.0.0.1:8226/5ec2e7/"), AROUND
    )
    labels = [entry.label for _, entry in everything(now.look.menu)]
    assert "Picture served at 127.0.0.1:8226…" in labels
    assert now.actions[("served",)] is Task.SERVED
    assert now.look.tooltip == "vcam: Live · picture at 127.0.0.1:8226"
    assert "5ec2e7" not in repr(now)


def test_the_picture_is_served_and_no_longer_by_an_entry_of_the_menu() -> None:
    path = ("picture", "serve")
    serving = menu(Settings(), Status(), AROUND).actions[path]
    assert isinstance(serving, Change)
    assert serving(Settings()).output.serve == USUAL_PORT
    elsewhere = Settings(output=OutputOptions(serve=9000))
    assert find(shown(elsewhere), *path).checked is True
    change = menu(elsewhere, Status(), AROUND).actions[path]
    assert isinstance(change, Change) and change(elsewhere) == Settings()


@pytest.mark.parametrize(
    ("held", "pause", "freeze", "loop"),
    [
        (Hold.NOTHING, PAUSE, FREEZE, LOOP),
        (Hold.PAUSE, RESUME, FREEZE, LOOP),
        (Hold.FREEZE, PAUSE, RESUME, LOOP),
        (Hold.LOOP, PAUSE, FREEZE, RESUME),
    ],
)
@pytest.mark.parametrize("state", [State.LIVE, State.PAUSED, State.WAITING])
def test_a_second_click_ends_the_break_even_while_something_is_missing(
    state: State, held: Hold, pause: Verb, freeze: Verb, loop: Verb
) -> None:
    now = menu(Settings(), Status(state), AROUND, held)
    assert now.actions["pause",] is pause and now.actions["freeze",] is freeze
    assert now.actions["loop",] is loop
    assert find(now.look.menu, "pause").checked is (pause is RESUME)
    assert find(now.look.menu, "freeze").checked is (freeze is RESUME)


def test_the_icon_says_that_earlier_pictures_are_on_air() -> None:
    on_air = Status(State.LOOPING, background="teal")
    assert pure.mood(on_air) is Mood.LOOPING
    assert pure.mood(Status(State.LOOPING)) is Mood.PAUSED, "a card is on air"
    assert pure.mood(replace(on_air, shows_room=True)) is Mood.ROOM


def test_the_last_seconds_are_kept_by_a_click() -> None:
    now = menu(Settings(), Status(State.LIVE), AROUND)
    change = now.actions["break", "ready"]
    assert isinstance(change, Change) and change(Settings()).loop.ready
    ready = Settings(loop=LoopOptions(True))
    assert find(menu(ready, Status(), AROUND).look.menu, "break", "ready").checked


def test_a_break_can_be_given_its_minutes() -> None:
    now = menu(Settings(), Status(State.LIVE), AROUND)
    assert now.actions["break", "break 10"] == Break(10)
    assert find(now.look.menu, "break", "break 10").label == "Be right back in 10 minutes"


def test_the_picture_of_a_break_is_named_and_can_be_left_out() -> None:
    pause = PauseOptions("Back soon", picture=Path("/pictures/cat.png"))
    now = menu(Settings(pause=pause), Status(State.LIVE), AROUND)
    entry = find(now.look.menu, "break", "card")
    assert entry.label == "Picture: cat" and entry.checked
    change = now.actions["break", "card"]
    assert isinstance(change, Change)
    assert change(Settings(pause=pause)).pause == PauseOptions("Back soon")


def test_start_at_login_is_offered_where_it_can_be_arranged() -> None:
    on = menu(Settings(), Status(), replace(AROUND, at_login=True))
    assert on.actions["login",] == StartAtLogin(on=False)
    nowhere = menu(Settings(), Status(), replace(AROUND, at_login=None))
    assert ("login",) not in nowhere.actions


def test_trouble_is_told_together_with_its_cure() -> None:
    missing = Status(State.WAITING, "There is no virtual camera", "Run vcam setup")
    labels = [entry.label for entry in shown(status=missing)[:2]]
    assert labels == ["Waiting: There is no virtual camera", "Run vcam setup"]


@pytest.mark.parametrize("state", State)
def test_a_visible_room_is_seen_in_the_icon_whatever_else_is(state: State) -> None:
    room = menu(Settings(), Status(state, shows_room=True), AROUND)
    hidden = menu(Settings(), Status(state), AROUND)
    assert room.look.mood is Mood.ROOM and hidden.look.mood is not Mood.ROOM


def test_quit_is_last() -> None:
    now = menu(Settings(), Status(), AROUND)
    assert now.actions[now.look.menu[-1].key,] is QUIT


NO_DRIVER = Status(
    State.WAITING,
    message="There is no virtual camera: the driver v4l2loopback is not loaded",
    remedy="Run `vcam setup`",
    not_set_up=True,
)
SETUP = replace(AROUND, setup=("install the driver", "load the driver at every start"))


def test_a_missing_virtual_camera_is_set_up_from_the_menu_after_showing_how() -> None:
    now = menu(Settings(), NO_DRIVER, SETUP)
    cure = find(now.look.menu, "Set up the virtual camera…")
    assert [(entry.label, entry.enabled) for entry in cure.children or ()] == [
        ("1. Install the driver", False),
        ("2. Load the driver at every start", False),
        ("", True),
        ("Show the commands…", True),
        ("Do this now, with your password…", True),
    ]
    assert now.actions["set-up", "setup"] is Task.SETUP
    assert now.actions["set-up", "commands"] is Task.SETUP_COMMANDS
    assert now.actions[("missing",)] is Task.DIAGNOSE


def test_where_vcam_sets_nothing_up_by_itself_the_menu_shows_how_it_is_done() -> None:
    now = menu(Settings(), NO_DRIVER, AROUND)
    assert find(now.look.menu, "How to set up the virtual camera…").children is None
    assert now.actions[("commands",)] is Task.SETUP_COMMANDS


def test_the_cures_are_gone_when_nothing_is_missing() -> None:
    now = shown(status=Status(State.LIVE))
    keys = {path[0] for path, _ in everything(now)}
    assert not keys & {"set-up", "commands", "missing"}


def test_what_is_left_to_set_up_is_offered_below_while_pictures_go_out() -> None:
    other = Status(State.WAITING, message="No camera found", remedy="Plug one in")
    for status in (Status(State.LIVE), other):
        keys = [entry.key for entry in shown(status=status, around=SETUP)]
        assert keys.index("set-up") > keys.index("preview")
        assert ("missing" in keys) is (status is other)
    keys = [entry.key for entry in shown(status=NO_DRIVER, around=SETUP)]
    assert keys.count("set-up") == 1 and keys.index("set-up") < keys.index("background")


def test_no_line_of_the_menu_asks_for_a_terminal() -> None:
    for remedy in ("Run `vcam setup`", "Try `vcam set preset=light`, or another one"):
        status = replace(NO_DRIVER, remedy=remedy)
        assert not [
            entry for _, entry in everything(shown(status=status)) if "`" in entry.label
        ]
    status = replace(NO_DRIVER, remedy="Plug it in again")
    assert find(shown(status=status), "remedy").label == "Plug it in again"
