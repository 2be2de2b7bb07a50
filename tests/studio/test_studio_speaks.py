"""The studio speaks the user's language, wholly: shown with one that is all brackets."""

import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from studio_client import PAGE, Client
from translation_sources import has_words, untranslated

from vcam.frames import Size
from vcam.presenter import Presenter
from vcam.studio import page

if TYPE_CHECKING:
    from vcam.studio.server import Studio

SCRIPTS = sorted(page.STATIC.glob("*.js"))
PAGES = sorted(page.STATIC.glob("*.html"))
NAMES = re.compile(
    r"vcam|studio|vcam studio|A|B|.*p\.y4m|vcam [\d.]+\w*|[\d.+−]+ px|\d+x\d+"
)
"""What is said that is no message: names, what is compared, figures with their unit."""
EVERYTHING = """
  [...document.querySelectorAll("body *:not(noscript)")].flatMap((each) => [
    ...[...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
    each.getAttribute("aria-label") ?? "", each.getAttribute("title") ?? "",
    each.getAttribute("alt") ?? "", each.getAttribute("aria-valuetext") ?? "",
  ])
"""


class Texts(HTMLParser):
    """All that people read, or hear, of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"] or ""
        read = ("aria-label", "alt", "title", "placeholder", "data-failed", "data-ended")
        self.found += [given[name] or "" for name in read if name in given]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def left_of(texts: Iterable[str]) -> list[str]:
    """What of these texts is neither translated nor a name."""
    said = [part for text in texts for part in untranslated(text)]
    return [part for part in said if not NAMES.fullmatch(part)]


def literals(script: str) -> list[str]:
    """The texts of a script that are not inside `tr` or `trCount`."""
    found = []
    tokens = r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`'
    messages = [
        match.span()
        for kind in (page.IN_SCRIPT, page.COUNTED_IN_SCRIPT)
        for match in kind.finditer(script)
    ]
    for token in re.finditer(tokens, script, re.S):
        inside = any(begin <= token.start() < end for begin, end in messages)
        before = script[: token.start()]
        looks = re.search(r"className\s*[:=][^,;]*$|\bimport .*$", before)
        if not (inside or looks or token[0].startswith("/") or token[0] == '"use strict"'):
            found.append(re.sub(r"\$\{[^}]*\}", "", token[0][1:-1]))
    return found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_text_of_a_script_escapes(path: Path) -> None:
    script = path.read_text("utf-8")
    escaped = [text for text in literals(script) if has_words(text)]
    assert not {*escaped} - {"vcam studio", "header, main, footer"}
    calls = len(re.findall(r"\btr(?:Count)?\(", script))
    known = [page.IN_SCRIPT, page.COUNTED_IN_SCRIPT]
    definitions = 2 if path.name == "translation.js" else 0
    assert sum(len(each.findall(script)) for each in known) == calls - definitions


def test_a_text_that_is_not_marked_is_found() -> None:
    script = 'say(tr("It is on"), "It is off", `It is ${tr("on")} now`); // It is gone'
    assert literals(script) == ["It is off", "It is  now"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_text_of_a_page_escapes(path: Path, pseudo: None) -> None:
    texts = Texts(page.html(path.name))
    assert not left_of(texts.found)
    assert texts.language == "en"


def test_the_scripts_are_given_every_message_and_every_plural(pseudo: None) -> None:
    messages = json.loads(page.script().removeprefix("export default ").rstrip(";\n"))
    for text, plural in page.in_scripts():
        told: Any = messages[text]
        forms = [told] if plural is None else told["forms"]
        assert all(form.startswith(("⟦", "{")) for form in forms)
    counted = messages["{count} changed"]
    assert len(counted["which"]) == 200 and set(counted["which"]) == {0}


def test_what_the_server_refuses_it_explains(client: Client, pseudo: None) -> None:
    asked = [
        ("POST", "/api/camera/do", b'{"verb": "explode"}'),
        ("POST", "/api/camera/do", b"[]"),
        ("GET", "/api/camera/picture?fps=none", None),
        ("POST", "/api/gallery?name=a.png", b""),
        ("DELETE", "/api/gallery/beach", None),
        ("DELETE", "/api/gallery/nothing", None),
        ("GET", "/api/thumb/nothing", None),
        ("POST", f"/api/upload?page={PAGE}&name=a.png", b"no picture"),
        ("POST", f"/api/clips?page={PAGE}&settings=[]", b"..."),
        ("GET", "/api/clips/nothing", None),
        ("GET", f"/api/save/result.png?page={PAGE}", None),
        ("GET", "/api/save/result.png?page=1", None),
    ]
    for method, path, body in asked:
        answer = client.ask(method, path, body)
        told = answer.json
        assert answer.status >= 400 and told["error"].count("⟦"), path
        left = untranslated(told["error"]) + untranslated(told["remedy"])
        assert all(each.strip("'") in ALLOWED for each in left), (path, left)


ALLOWED = {"explode", "nothing", "result", "beach", "a.png"}


def test_a_stranger_is_turned_away_in_words(stranger: Client, pseudo: None) -> None:
    said = stranger.get("/").body.decode()
    assert untranslated(said) == ["vcam studio"]


def test_the_lesson_is_told_but_for_its_code(pseudo: None) -> None:
    pytest.importorskip("matplotlib", reason="the extra `studio` is not installed")
    from vcam.backgrounds.choosing import choose
    from vcam.studio.lesson import steadiness, study
    from vcam.studio.lesson_html import steps

    image = Presenter(Size(640, 360)).draw(1.0).image
    wall = np.full((90, 160, 3), 128, np.uint8)
    large = np.asarray(cv2.resize(image, (1600, 1200)), np.uint8)
    for given, preset in ((image, "standard"), (wall, "light"), (large, "best")):
        lesson = study(given, preset, choose("beach"), 0.5)
        for step in steps(lesson, steadiness()):
            said = re.sub(r"<code>.*?</code>|</?b>", "", step, flags=re.S)
            texts = [text for text in Texts(said).found if not text.startswith("data:")]
            assert not left_of(texts)


class TestInABrowser:
    """All that is on the page once its scripts have run, seen and unseen."""

    def test_every_word_is_translated(
        self, studio: "Studio", pseudo: None, tmp_path: Path
    ) -> None:
        chromium = pytest.importorskip("chromium", reason="without `websockets`")
        if chromium.PROGRAM is None:
            pytest.skip("Chromium is not installed")
        clip = tmp_path / "p.y4m"
        presenter = Presenter(Size(320, 180))
        chromium.write_y4m(clip, [presenter.draw(1 + i / 30).image for i in range(5)])
        with chromium.Chromium(tmp_path / "chromium", clip) as browser:
            tab = browser.tab(studio.address)
            tab.until("window.studio && studio.ready", 30)
            self.check(tab.js(EVERYTHING))
            tab.js("document.querySelector('#start').click()")
            tab.until("studio.got > 3", 60)
            for text in ("black", "beach", "room", "colour"):
                tab.js(f"document.querySelector('[data-background={text}]').click()")
                self.check(tab.js(EVERYTHING))
            tab.js("document.querySelectorAll('#compare button')[1].click()")
            tab.js("document.querySelector('#tab-camera').click()")
            tab.until("document.querySelector('#headline').textContent", 30)
            self.check(tab.js(EVERYTHING))
            assert not tab.said()

    def check(self, texts: list[str]) -> None:
        assert "".join(texts).count("⟦") > 80
        assert not left_of(texts)
