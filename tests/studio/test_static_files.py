"""What the studio's page is made of: files of ours alone, which the policy allows."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import vcam.studio

STATIC = Path(vcam.studio.__file__).parent / "static"
FILES = sorted(STATIC.iterdir())
NAMESPACE = "http://www.w3.org/2000/svg"
"""The only address in the files: a name that nothing is fetched from."""
LONGEST_FILE = 320
"""Most lines of a script."""


class _Page(HTMLParser):
    """Notes what the page's policy would refuse, and what the page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.refused += [name for name in given if name.startswith("on") or name == "style"]
        self.refused += [tag] if tag == "style" else []
        self._script = tag == "script"
        if self._script and not given.get("src"):
            self.refused.append("script without src")
        self.ids += [given["id"] or ""] if "id" in given else []
        names = ("aria-labelledby", "aria-controls", "for")
        self.references += [given[name] or "" for name in names if name in given]

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.refused.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_another_computer(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert not re.findall(r"(?:https?|wss?|ftp):/?/?[\w.]|@import", text)
    assert not re.findall(r"""(?:src|href|url|fetch)\s*[=(]\s*["']?//""", text)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.html")), ids=lambda path: path.name)
def test_a_page_has_neither_scripts_nor_styles_inline(path: Path) -> None:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    assert not page.refused


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_key_that_a_script_has_no_use_for_is_left_to_the_browser(path: Path) -> None:
    """What such a handler returns counts: false takes the key away, Tab and letters too."""
    assert not re.search(
        r"onkey\w+ = \(\w*\) => (?!\{|this\.key\()", path.read_text("utf-8")
    )


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_script_needs_no_exception_of_the_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.findall(
        r"\beval\(|new Function|innerHTML|outerHTML|document\.write", text
    )
    assert not re.findall(r"setAttribute\(\s*[\"'](?:style|on\w+)[\"']", text)


def test_labels_and_scripts_refer_to_what_is_on_the_page() -> None:
    page = _Page()
    page.feed((STATIC / "index.html").read_text(encoding="utf-8"))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    scripts = [path for path in STATIC.glob("*.js") if path.name != "splash.js"]
    text = "".join(path.read_text(encoding="utf-8") for path in scripts)
    assert set(re.findall(r"""\$\("([\w-]+)"\)""", text)) <= set(page.ids)


def test_every_file_that_is_named_exists() -> None:
    names = {path.name for path in FILES}
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"""/static/([\w.-]+\.\w+)|from "\./([\w.-]+)";""", text)
        assert {static or module for static, module in named} <= names, path.name


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(
        re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text("utf-8"))
    )
    named: set[str] = set()
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"icons\.svg#(\w+)", text))
        if path.suffix == ".js":
            named |= set(re.findall(r'\bicon\("(\w+)"\)', text))
    assert named <= drawn


def test_scripts_are_short() -> None:
    lines = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in STATIC.glob("*.js")
    }
    assert not {name: count for name, count in lines.items() if count > LONGEST_FILE}
