"""What the pages say exists: commands, options, settings, files."""

import argparse
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from systems import WINDOWS

from vcam.cli import COMMANDS, command_named
from vcam.settings import from_table
from vcam.settings.policy_file import policy_of

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


@pytest.fixture(params=PAGES, ids=lambda path: path.name)
def page(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def help_of(command: str) -> str:
    parser = argparse.ArgumentParser(f"vcam {command}")
    parser.add_argument("--verbose")
    command_named(command).configure(parser)
    return parser.format_help()


def commands_of(text: str) -> list[list[str]]:
    """The words after ``vcam`` of everything that is to be typed."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    typed = [re.search(r"^(?!from )(?:.*[/ ])?vcam( .*|$)", line) for line in lines]
    return [shlex.split(found[1], comments=True) for found in typed if found]


def test_what_is_to_be_typed_can_be_typed(page: Path) -> None:
    for words in commands_of(page.read_text("utf-8")):
        if not words or words[0] in ("…", "--help", "--version"):
            continue
        assert words[0] in COMMANDS, f"vcam {shlex.join(words)}"
        options = [word for word in words if re.match(r"--[a-z]", word)]
        unknown = [each for each in options if each not in help_of(words[0])]
        assert not unknown, f"vcam {shlex.join(words)}"


def test_settings_that_are_shown_can_be_loaded(page: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.S):
        from_table(tomllib.loads(block))


def test_policies_that_are_shown_are_understood(page: Path) -> None:
    for block in re.findall(r"```toml policy\n(.*?)```", page.read_text("utf-8"), re.S):
        if WINDOWS:  # where a whole path begins with a drive
            block = block.replace('"/', '"C:/')
        assert policy_of(tomllib.loads(block), page).rules()


def test_files_that_are_pointed_at_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    places = re.findall(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"", text)
    local = [one or other for one, other in places if "://" not in one + other]
    assert not [place for place in local if not (page.parent / place).exists()]


def test_sections_that_are_linked_to_exist(page: Path) -> None:
    for target, section in re.findall(r"\]\(([\w./-]*)#([^)]+)\)", page.read_text("utf-8")):
        text = (page.parent / target if target else page).read_text("utf-8")
        headings = re.findall(r"^#+ (.+)", text, re.M)
        slugs = [
            re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings
        ]
        assert section in slugs, f"{target}#{section}"


def test_files_that_keep_the_privacy_law_exist() -> None:
    text = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    files = re.findall(r"^\| `([\w/]+\.py)`", text, re.M)
    assert files
    assert not [name for name in files if not (ROOT / "vcam" / name).is_file()]
