"""vcam speaks the user's language, wholly."""

import gettext
import io
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from translation_sources import marked, unmarked, untranslated

import hatch_build
from vcam import translation
from vcam.cli import main
from vcam.errors import UsageError
from vcam.settings.profiles import load
from vcam.settings.words import full_name
from vcam.translation import quoted, tr, tr_count

LANGUAGES = ("de", "es")
ENGLISH = Path(__file__).with_name("untranslated.txt")


def catalogue_of(language: str) -> dict[str, Message]:
    found: dict[str, Message] = {}
    path = translation.FOLDER / language / "LC_MESSAGES" / "vcam.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = message
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def commands(text: str) -> list[str]:
    """What is to be typed; words such as FILE stand for others, and may be translated."""
    return sorted(
        re.sub(r"[^\W\d_a-z]{2,}", "", each) for each in re.findall("`.+?`", text)
    )


def test_a_light_preset_and_a_light_blur_are_no_lamps() -> None:
    """One English word; effects that are about light have longer names."""
    words = {language: catalogue_of(language)["Light"].string for language in LANGUAGES}
    assert words == {"de": "Leicht", "es": "Ligero"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_and_keeps_its_values(language: str) -> None:
    catalogue = catalogue_of(language)
    missing = [str(text) for text, _ in marked() if text.text not in catalogue]
    assert not missing, "\n".join(missing)
    for text, plural in marked():
        message = catalogue[text.text]
        forms = message.string
        given: list[str] = [forms] if isinstance(forms, str) else list(forms or ())
        assert all(given) and not message.fuzzy, f"{text} is not finished"
        assert (plural is None) == isinstance(message.id, str), f"{text}: plural or not?"
        wanted = placeholders(text.text) | placeholders(plural or "")
        for form in given:
            assert placeholders(form) <= wanted, f"{text}: {form}"
            assert plural or placeholders(form) == wanted, f"{text}: {form}"
            assert commands(form) == commands(plural or text.text), f"{text}: {form}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_has_its_plural_form(language: str) -> None:
    path = translation.FOLDER / language / "LC_MESSAGES" / "vcam.po"
    catalogue = gettext.GNUTranslations(io.BytesIO(hatch_build.catalogue(path)))
    for text, plural in marked():
        if plural is not None:
            forms = catalogue_of(language)[text.text].string or ()
            for count in (0, 1, 2, 5, 11, 21, 1_000_000):
                assert catalogue.ngettext(text.text, plural, count) in forms, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_build_compiles_the_same(language: str) -> None:
    path = translation.FOLDER / language / "LC_MESSAGES" / "vcam.po"
    compiled = hatch_build.catalogue(path)
    assert compiled == hatch_build.catalogue(path)
    header = gettext.GNUTranslations(io.BytesIO(compiled)).info()
    assert header["pot-creation-date"].startswith("2026-01-01")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    said = {text.text for text, _ in marked()} | set(PYTHONS)
    assert not set(catalogue_of(language)) - said


PYTHONS = (
    "usage: ",
    "%(heading)s:",
    "positional arguments",
    "options",
    "show this help message and exit",
    "argument %(argument_name)s: %(message)s",
    "unrecognized arguments: %s",
    "ambiguous option: %(option)s could match %(matches)s",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    "ignored explicit argument %r",
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)",
    "not allowed with argument %s",
    "the following arguments are required: %s",
    "unexpected option string: %s",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
)
"""Messages of Python's argparse, which has no translations of its own."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_argparse_says_is_translated_and_keeps_its_values(language: str) -> None:
    catalogue = catalogue_of(language)
    for text in PYTHONS:
        given = str(catalogue[text].string)
        values = re.findall(r"%(?:\(\w+\))?[a-z]", text)
        assert given and re.findall(r"%(?:\(\w+\))?[a-z]", given) == values


def test_no_message_escapes_the_catalogues() -> None:
    """What stays English on purpose is listed, by file."""
    english = set(ENGLISH.read_text("utf-8").splitlines())
    found = [
        text
        for text in unmarked()
        if text.path not in english and f"{text.path}: {text.text!r}" not in english
    ]
    assert not found, "\n".join(map(str, found))


def test_what_is_listed_as_english_is_still_said() -> None:
    paths = {text.path for text in unmarked()}
    strings = {f"{text.path}: {text.text!r}" for text in unmarked()}
    listed = set(ENGLISH.read_text("utf-8").splitlines())
    listed = {line for line in listed if line and not line.startswith("#")}
    assert not listed - paths - strings


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "vcam.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "{name} is busy"\nmsgstr "{name} ist belegt"\n\n'
        'msgid "{count} frame"\nmsgid_plural "{count} frames"\n'
        'msgstr[0] "{count} Bild"\nmsgstr[1] "{count} Bilder"\n\n'
        'msgid "{size} is wrong"\nmsgstr "{groesse} ist falsch"\n',
        "utf-8",
    )
    (folder / "vcam.mo").write_bytes(hatch_build.catalogue(folder / "vcam.po"))
    monkeypatch.setattr(translation, "FOLDER", tmp_path)
    monkeypatch.delenv("LANGUAGE")
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    translation.catalogue.cache_clear()
    monkeypatch.setattr(translation, "catalogue", translation.catalogue.__wrapped__)


def test_a_german_reads_german(german: None) -> None:
    assert tr("{name} is busy", name="Cam {1}") == "Cam {1} ist belegt"
    assert tr_count("{count} frame", "{count} frames", 1) == "1 Bild"
    assert tr_count("{count} frame", "{count} frames", 2) == "2 Bilder"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (r"C:\Users\Ana\new.png", r"'C:\Users\Ana\new.png'"),
        (r"\\server\it's\x.png", r""" "\\server\it's\x.png" """.strip()),
        ("/home/ana/x.png", "'/home/ana/x.png'"),
        ("steers\x1b[2J\n\udc80", r"'steers\x1b[2J\n\udc80'"),
    ],
)
def test_a_path_is_said_as_people_paste_it(path: str, shown: str) -> None:
    assert tr("{path!r} is in the way", path=path) == f"{shown} is in the way"
    assert tr("There are no settings {file}", file=quoted(path)).endswith(f" {shown}")


def test_every_message_says_it_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--settings", r"C:\Users\Ana\none.toml"]) == 2
    assert r"settings 'C:\Users\Ana\none.toml'." in capsys.readouterr().err


def test_what_is_not_translated_or_wrongly_is_said_in_english(german: None) -> None:
    assert tr("{what} is new", what="This") == "This is new"
    assert tr("{size} is wrong", size="0x0") == "0x0 is wrong"
    assert tr("") == ""


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"LANG": "de_DE.UTF-8"}, "ist"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:de:en"}, "ist"),
        ({"LANG": "de_DE@euro", "LC_ALL": "en_GB.UTF-8"}, "is"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "en:de"}, "is"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "de"}, "is"),
        ({"LANG": "../de_DE"}, "is"),
        ({}, "is"),
    ],
)
def test_the_language_is_that_of_the_environment(
    german: None,
    environment: dict[str, str],
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert re.fullmatch(f"X {wanted} .*", tr("{name} is busy", name="X"))


def test_a_damaged_catalogue_is_passed_over(german: None) -> None:
    (translation.FOLDER / "de" / "LC_MESSAGES" / "vcam.mo").write_bytes(b"\x00" * 40)
    assert tr("{name} is busy", name="X") == "X is busy"


def test_files_get_the_text_of_every_language(german: None) -> None:
    (translation.FOLDER / "es" / "LC_MESSAGES" / "vcam.po").mkdir(parents=True)
    (translation.FOLDER / "es" / "LC_MESSAGES" / "vcam.mo").write_bytes(b"damaged")
    asked = translation.in_every_language.__wrapped__
    assert asked("{name} is busy") == {"de": "{name} ist belegt"}
    assert asked("{name} is new") == {}


def test_the_pseudo_language_shows_what_is_not_translated(pseudo: None) -> None:
    assert tr("{name} is busy {{now}}", name="Cam") == "Cam⟦ is busy {now}⟧"
    assert tr_count("{count} frame", "{count} frames", 2) == "2⟦ frames⟧"
    assert untranslated(f"{tr('Room')}: {tr('{name} is busy', name='Cam')} now") == [
        *("Cam", "now")
    ]


@pytest.mark.parametrize("refused", [load, full_name])
def test_a_path_typed_for_a_name_is_told_as_it_was_typed(
    refused: Callable[[str], object],
) -> None:
    """Somebody writes a Windows path where vcam wants a name, and pastes it from there."""
    with pytest.raises(UsageError) as told:
        refused("C:\\Users\\me\\work.toml")
    assert r"'C:\Users\me\work.toml'" in told.value.what
    with pytest.raises(UsageError) as told:
        refused("a\x1b[2J")
    assert "\x1b" not in str(told.value)
