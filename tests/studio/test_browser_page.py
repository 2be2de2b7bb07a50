"""The studio in a real browser, whose webcam shows the drawn presenter."""

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("websockets", reason="the extra `studio` is not installed")
pytest.importorskip("gradio", reason="the extra `studio` is not installed")

from chromium import Chromium, Tab, needs_chromium, write_y4m
from conftest import Eventually

from vcam.frames import Image, Size
from vcam.presenter.stage import Drawing, Presenter
from vcam.studio import handover
from vcam.studio.environment import place_of

pytestmark = needs_chromium

SIZE = Size(640, 360)
VCAM = [sys.executable, "-P", "-m", "vcam"]
MARKED = "document.querySelector('#welcome-tiles [aria-checked=true]')?.dataset.value"
JPEG = 12
"""Grey levels that two JPEGs and a model may make of one."""


@pytest.fixture(scope="module")
def person() -> Drawing:
    """What the webcam shows all the time."""
    return Presenter(SIZE).draw(1.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, person: Drawing) -> Path:
    path = tmp_path_factory.mktemp("webcam") / "presenter.y4m"
    presenter = Presenter(SIZE)
    write_y4m(path, [presenter.draw(1.0 + frame / 30).image for frame in range(10)])
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@contextmanager
def studio(home: Path, language: str = "") -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The address of a studio of its own process, which ends without a trace."""
    spoken = {"LC_ALL": f"{language}.UTF-8", "LANGUAGE": language} if language else {}
    with subprocess.Popen(
        [*VCAM, "studio", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home) | spoken,
    ) as process:
        try:
            assert process.stdout is not None
            yield re.findall(r"http://\S+", process.stdout.readline())[0], process
        finally:
            process.kill()


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "VCAM_RUNTIME_DIR": str(home / "run")}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium"), clip) as browser:
        yield browser


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with studio(home) as (address, process):
        yield address
        process.terminate()
        assert process.wait(15) == 0
        assert process.stderr is not None
        assert not process.stderr.read()
    assert {each.name for each in (home / "run").iterdir()} <= {"studio.lock", "lock"}
    assert not place_of(home / "run").exists()


@pytest.fixture
def page(browser: Chromium, address: str) -> Iterator[Tab]:
    """A page that has just been opened; afterwards it must not have asked for anything
    that is not the studio's, and its scripts must not have failed."""
    tab = browser.tab(address)
    tab.until("window.studio && studio.ready", 30)
    yield tab
    host = tab.js("location.host")
    own = (f"http://{host}/", f"ws://{host}/", "data:", "blob:", address)
    assert [url for url in tab.requested() if not url.startswith(own)] == []
    assert [each for each in tab.said() if "409" not in each] == []
    tab.close()


def shown(tab: Tab) -> Image:
    """What is on the stage, once it shows what was chosen last."""
    got = tab.js("studio.got")
    tab.until(f"studio.got > {got + 5}", 30)
    return tab.canvas("#out")


def start(tab: Tab) -> None:
    tab.js("document.querySelector('#start').click()")
    tab.until("studio.got > 3", 30)


def choose(tab: Tab, name: str, tiles: str = "try") -> None:
    tab.js(f"document.querySelector('#{tiles}-tiles [data-background=\"{name}\"]').click()")


def inner(alpha: Any, value: int) -> Any:
    """Where alpha is ``value``, well away from any edge."""
    return cv2.erode((alpha == value).astype(np.uint8), np.ones((41, 41))) > 0


def test_the_webcam_is_shown_on_another_background(page: Tab, person: Drawing) -> None:
    start(page)
    choose(page, "black")
    time.sleep(0.5)
    result = shown(page)
    assert result.shape == (360, 640, 3)
    face = inner(person.alpha, 255)
    assert np.abs(result[face].astype(int) - person.image[face]).mean() < JPEG
    assert result[inner(person.alpha, 0)].max() < JPEG, "the background is exactly black"
    choose(page, "white")
    time.sleep(0.5)
    assert shown(page)[inner(person.alpha, 0)].min() > 255 - JPEG
    assert page.js("studio.error") == ""


def test_the_mask_is_white_where_the_person_is(page: Tab, person: Drawing) -> None:
    start(page)
    page.js("document.querySelector('#view [data-value=mask]').click()")
    time.sleep(0.5)
    mask = shown(page)
    assert mask[inner(person.alpha, 255)].mean() > 240
    assert mask[inner(person.alpha, 0)].mean() < 15


def test_a_picture_is_tried_and_its_cut_out_saved(
    page: Tab, person: Drawing, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "me.png"), person.image)
    choose(page, "white")
    page.choose_files("#file", tmp_path / "me.png")
    page.until("studio.got > 0 && !document.querySelector('#save').disabled", 30)
    time.sleep(0.3)
    assert page.canvas("#out")[inner(person.alpha, 0)].min() > 255 - JPEG
    fetched = page.js(
        "fetch(`/api/save/cutout.png?page=${studio.key}`).then(a => a.arrayBuffer())"
        ".then(b => btoa(String.fromCharCode(...new Uint8Array(b))))"
    )
    content = np.frombuffer(base64.b64decode(fetched), np.uint8)
    cut = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    assert cut is not None
    assert cut.shape == (360, 640, 4)
    assert cut[inner(person.alpha, 255)][:, 3].min() > 240
    assert not cut[inner(person.alpha, 0)].any()


def test_ones_own_picture_becomes_the_background(
    page: Tab, person: Drawing, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((90, 160, 3), (200, 60, 20), np.uint8))
    start(page)
    page.choose_files("#own-file", tmp_path / "wall.png")
    page.until("document.querySelector('#try-tiles [data-background=\"upload:1\"]')")
    time.sleep(0.5)
    wall = shown(page)[inner(person.alpha, 0)]
    assert np.abs(wall.astype(int) - (200, 60, 20)).max() < JPEG


def test_a_bokeh_is_tried_and_has_a_strength_of_its_own(page: Tab) -> None:
    start(page)
    choose(page, "blur")
    slider = "document.querySelector('#try-slot input')"
    page.js(f"{slider}.value = 10; {slider}.oninput()")
    light = shown(page)
    choose(page, "bokeh")
    assert page.js(f"[{slider}.min, {slider}.value]") == ["35", "35"]
    time.sleep(0.5)
    assert np.abs(shown(page).astype(int) - light).mean() > 0.5, "another picture"
    assert not page.js("document.querySelector('.notice')?.textContent ?? ''")


def test_two_settings_are_compared_under_a_slider(page: Tab, person: Drawing) -> None:
    start(page)
    choose(page, "black")
    page.js("document.querySelector('#compare [data-value=slider]').click()")
    page.js("document.querySelector('#side [data-value=b]').click()")
    choose(page, "white")
    time.sleep(0.7)
    both = shown(page)
    assert both.shape == (360, 640, 3)
    assert both[:60, :60].max() < JPEG
    assert both[:60, -60:].min() > 255 - JPEG


def test_what_the_browser_records_is_rendered_at_its_own_pace(
    page: Tab, person: Drawing, tmp_path: Path
) -> None:
    start(page)
    choose(page, "white")
    record = "document.querySelector('#record')"
    page.js(f"{record}.click()")
    time.sleep(3)
    page.js(f"{record}.click()")
    page.until("document.querySelector('#clips .clip-actions .primary, #clips .bad')", 60)
    fetched = page.js(
        "fetch(performance.getEntriesByType('resource').map(each => each.name)"
        ".findLast(name => /clips.[0-9a-f]+.page=/.test(name)).replace('?', '/file?'))"
        ".then(a => a.arrayBuffer()).then(b => new Uint8Array(b))"
        ".then(b => btoa(b.reduce((text, byte) => text + String.fromCharCode(byte), '')))"
    )
    path = tmp_path / "clip.mp4"
    path.write_bytes(base64.b64decode(fetched))
    video = cv2.VideoCapture(str(path))
    lasts_s = video.get(cv2.CAP_PROP_FRAME_COUNT) / video.get(cv2.CAP_PROP_FPS)
    _, image = video.read()
    video.release()
    assert lasts_s == pytest.approx(3, abs=1)
    assert image.shape == (360, 640, 3)
    assert image[inner(person.alpha, 0)].min() > 255 - 3 * JPEG, "two codecs lie between"
    page.js("document.querySelector('#clips .clip-actions button:not(.primary)').click()")


def test_how_it_works_draws_the_figure(page: Tab) -> None:
    page.js("document.querySelector('#tab-how').click()")
    inside = "document.querySelector('#how iframe')?.contentDocument"
    page.until(f"{inside}?.querySelectorAll('img').length > 2", 90)
    drawn = f"[...{inside}.querySelectorAll('img')].some(each => each.naturalWidth > 600)"
    page.until(drawn, 60)


def test_my_camera_switches_the_running_vcam(page: Tab, home: Path) -> None:
    def status() -> dict[str, Any]:
        asked = [*VCAM, "status", "--json"]
        done = subprocess.run(asked, capture_output=True, env=environment(home), timeout=30)
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found

    run = [*VCAM, "run", "--camera", "presenter", "--device", "nothing"]
    running = subprocess.Popen(
        [*run, "--size", "640x360", "--background", "teal"],
        env=environment(home),
        stderr=subprocess.DEVNULL,
    )
    try:
        page.js("document.querySelector('#tab-camera').click()")
        page.until("document.querySelector('#on-air').naturalWidth > 0", 30)
        page.until("/on air/i.test(document.querySelector('#badge').textContent)", 30)
        choose(page, "white", "camera")
        until_s = time.monotonic() + 20
        while status().get("background") != "white":
            assert time.monotonic() < until_s, status()
            time.sleep(0.2)
        # And the other way round: a command changes the page.
        subprocess.run(
            [*VCAM, "set", "background=black"], env=environment(home), timeout=30
        )
        marked = "#camera-tiles [data-background=black][aria-checked=true]"
        page.until(f"document.querySelector('{marked}')", 20)
        page.js(
            "const list = document.querySelector('#rotate');"
            "list.value = '180'; list.onchange(); document.querySelector('#flip').click()"
        )
        while True:
            source = status()["settings"]["source"]
            if (source["rotate"], source["flip"]) == (180, True):
                break
            assert time.monotonic() < until_s, source
            time.sleep(0.2)
        subprocess.run(
            [*VCAM, "set", "rotate=90", "flip=off"], env=environment(home), timeout=30
        )
        flip = "document.querySelector('#flip').checked"
        page.until(f"document.querySelector('#rotate').value === '90' && !{flip}", 20)
        page.js(
            "const name = document.querySelector('#plate-name');"
            "name.value = 'Zoë'; name.onchange()"
        )
        while (plate := status()["settings"]["name_plate"])["name"] != "Zoë":
            assert time.monotonic() < until_s, plate
            time.sleep(0.2)
        words = ["set", "message=Back", "pause.picture=mountains"]
        subprocess.run([*VCAM, *words], env=environment(home), timeout=30)
        page.until("document.querySelector('#break-message').value === 'Back'", 20)
        page.until("document.querySelector('#break-picture').value === 'mountains'", 20)
        page.js(
            "const minutes = document.querySelector('#break-minutes');"
            "minutes.value = '10'; minutes.onchange();"
            "const picture = document.querySelector('#break-picture');"
            "picture.value = 'office'; picture.onchange()"
        )
        while (pause := status()["settings"]["pause"])["minutes"] != 10:
            assert time.monotonic() < until_s, pause
            time.sleep(0.2)
        while (pause := status()["settings"]["pause"])["picture"] != "vcam:office.jpg":
            assert time.monotonic() < until_s, pause
            time.sleep(0.2)
        page.until("!document.querySelector('#plate-looks').hidden", 20)
        page.js(
            "const corner = document.querySelector('#plate-corner');"
            "corner.value = 'top-right'; corner.onchange()"
        )
        while (plate := status()["settings"]["name_plate"])["corner"] != "top-right":
            assert time.monotonic() < until_s + 10, plate
            time.sleep(0.2)
        page.js("document.querySelector('#profile-name').focus()")
        for key in ("w", "x", "Tab"):
            code = {"windowsVirtualKeyCode": 9} if key == "Tab" else {"text": key}
            page.do("Input.dispatchKeyEvent", type="keyDown", key=key, **code)
        assert page.js("document.querySelector('#profile-name').value") == "wx"
        assert page.js("document.activeElement.id") == "profile-save"
        off = ["set", "name_plate.shown=off"]
        subprocess.run([*VCAM, *off], env=environment(home), timeout=30)
        page.until("!document.querySelector('#plate-shown').checked", 20)
        page.js("document.querySelector('#plate-shown').click()")
        until_s = time.monotonic() + 20
        while not (plate := status()["settings"]["name_plate"])["shown"]:
            assert time.monotonic() < until_s, plate
            time.sleep(0.2)
        logo = home / "logo.png"
        cv2.imwrite(str(logo), np.full((60, 120, 4), (0, 0, 255, 255), np.uint8))
        page.choose_files("#overlay-file", logo)
        page.until("document.querySelector('#overlay-name').textContent === 'logo.png'", 20)
        page.js(
            "const width = document.querySelector('#overlay-width');"
            "width.value = 30; width.oninput()"
        )
        while (overlay := status()["settings"]["overlay"])["width"] != 30:
            assert time.monotonic() < until_s + 20, overlay
            time.sleep(0.2)
        page.js(
            "const zoom = document.querySelector('#zoom');"
            "zoom.value = 200; zoom.oninput();"
            "const air = document.querySelector('#on-air');"
            "air.setPointerCapture = () => {}; air.hasPointerCapture = () => true;"
            "for (const [type, share] of [['down', 0], ['move', 0.25], ['move', 0.25]])"
            " air.dispatchEvent(new PointerEvent(`pointer${type}`,"
            " { clientX: 400 + share * air.clientWidth, clientY: 200 }))"
        )
        while (framing := status()["settings"]["framing"])["zoom"] != 200:
            assert time.monotonic() < until_s + 40, framing
            time.sleep(0.2)
        assert framing["pan"] == -50, "dragged to the right by a quarter: half of the way"
        subprocess.run([*VCAM, "set", "tightness=face"], env=environment(home), timeout=30)
        page.until("document.querySelector('#framing').checked", 20)
        assert page.js("document.querySelector('#tightness').value") == "face"
        page.js("document.querySelector('#light-on').click()")
        page.until("document.querySelector('#edge-light-picture').naturalWidth > 0", 20)
        page.js("document.querySelector('#edge-light').click()")
        page.until("document.querySelector('#edge-light').hidden", 20)
        if folder := os.environ.get("VCAM_STUDIO_PICTURES"):
            cv2.imwrite(f"{folder}/my-camera.png", page.screenshot())
        page.js("document.querySelector('#hold [data-value=paused]').click()")
        while status().get("state") != "paused":
            assert time.monotonic() < until_s, status()
            time.sleep(0.2)
    finally:
        running.terminate()
        running.wait(20)


def test_what_one_page_has_painted_another_does_not_undo(
    browser: Chromium, address: str, home: Path
) -> None:
    run = [*VCAM, "run", "--camera", "presenter", "--device", "nothing"]
    running = subprocess.Popen(run, env=environment(home), stderr=subprocess.DEVNULL)
    try:
        desk, phone = browser.tab(address), browser.tab(address, (390, 844))
        for tab in (desk, phone):
            tab.do("Page.bringToFront")
            tab.until("window.studio && studio.ready", 30)
            tab.js("document.querySelector('#tab-camera').click()")
            tab.until("!document.querySelector('#camera-panel').inert", 30)
            opened = "document.querySelector('#paint-open')"
            tab.js(f"{opened}.scrollIntoView(); {opened}.click()")
            tab.until("!document.querySelector('#paint-use').disabled", 30)
        stage, tools = (
            phone.js(f"(({{top, bottom}}) => [top, bottom])({each})")
            for each in (
                "document.querySelector('#camera-stage').getBoundingClientRect()",
                "document.querySelector('#paint-bar').getBoundingClientRect()",
            )
        )
        assert stage[1] <= tools[0] and tools[1] <= 844, "the tools are not to be seen"
        # The space bar paints where the brush is.
        desk.js("document.querySelectorAll('#paint-tools button')[1].click()")
        for tab in (phone, desk):
            tab.js(
                "document.querySelector('#paint-canvas').dispatchEvent("
                "new KeyboardEvent('keydown', { key: ' ' }))"
            )
        desk.js("document.querySelector('#paint-use').click()")
        share = "document.querySelector('#paint-share').textContent"
        phone.until(f"/^Kept 0 %, never shown [1-9]/.test({share})", 20)
        assert "changed" in phone.js("document.querySelector('#notices').textContent")
        phone.js("document.querySelector('#paint-use').click()")
        phone.until("document.querySelector('#paint').hidden", 20)
        asked = [*VCAM, "drop", "--json"]
        told = subprocess.run(asked, capture_output=True, env=environment(home), timeout=30)
        (region,) = json.loads(told.stdout)["regions"]
        assert region["dropped"] > 0, "what one page drops, the other has shown again"
        desk.close()
        phone.close()
    finally:
        running.terminate()
        running.wait(20)
        clear = [*VCAM, "drop", "clear"]
        subprocess.run(clear, capture_output=True, env=environment(home), timeout=30)


def test_the_welcome_leads_from_the_camera_to_a_background_and_comes_once(
    browser: Chromium,
    home: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Eventually,
) -> None:
    monkeypatch.setenv("VCAM_RUNTIME_DIR", str(home / "run"))
    words = ["run", "--camera", "presenter", "--device", "nothing", "--size", "320x180"]
    vcam = subprocess.Popen(
        [*VCAM, *words], env=environment(home), stdout=subprocess.DEVNULL
    )
    next_step = "document.querySelector('#welcome-next').click()"
    try:
        handover.want_welcome()
        tab = browser.tab(address)
        tab.until("document.querySelector('#welcome').open", 30)
        tab.until("document.querySelector('#welcome-picture').naturalWidth", 30)
        state = "document.querySelector('#welcome-state').textContent"
        tab.until(f"{state}.startsWith('Drawn presenter is on.')", 30)
        tab.js(next_step)
        choose(tab, "beach", "welcome")
        tab.until(f"{MARKED} === 'beach'", 30)
        tab.js(next_step)
        tab.until("document.querySelector('#welcome-call').textContent.includes('Zoom')")
        tab.js(next_step)
        assert not tab.js("document.querySelector('#welcome').open")
        tab.until("!document.querySelector('#welcome-picture').hasAttribute('src')")
        settings = home / ".config" / "vcam" / "settings.toml"
        eventually(lambda: settings.exists() and "beach" in settings.read_text())
        assert (home / ".local" / "state" / "vcam" / "welcome-seen").exists()
        assert tab.said() == []
        tab.do("Page.reload")
        tab.until(
            "window.studio && studio.ready && !document.querySelector('#welcome').open"
        )
        tab.close()
    finally:
        vcam.terminate()
        vcam.wait(15)


BEYOND = """
  [...document.querySelectorAll("body *")].filter((each) => each.offsetParent
    && each.getBoundingClientRect().right > screen.width + 0.5
    || each.scrollWidth > each.clientWidth && getComputedStyle(each).overflowX === "auto"
  ).map((each) => `${each.id || each.className}: ${each.innerText.slice(0, 60)}`)
"""
"""What is cut off at the edge of a screen, or has to be scrolled sideways."""


@pytest.mark.parametrize("language", ["en_GB", "de_DE", "es_ES"])
def test_on_a_phone_every_word_and_button_is_within_the_screen(
    browser: Chromium, tmp_path: Path, language: str
) -> None:
    with studio(tmp_path, language) as (address, _):
        for width in (390, 360):
            tab = browser.tab(address, (width, 844))
            tab.until("window.studio && studio.ready", 30)
            for button in ("tab-try", "tab-camera", "welcome-open", *["welcome-next"] * 2):
                tab.js(f"document.querySelector('#{button}').click()")
                assert tab.js(BEYOND) == [], (width, button)
            tab.close()
