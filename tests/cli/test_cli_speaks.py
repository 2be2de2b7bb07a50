"""The command line speaks the user's language."""

import gettext
import io
import json
import re
from pathlib import Path

import cv2
import pytest
from translation_sources import PACKAGE, untranslated

import hatch_build
from vcam import __version__, translation
from vcam.backgrounds.choosing import KINDS
from vcam.cli import COMMANDS, cameras, main, manual, on_air, parser_of, preview, status
from vcam.cli.asking import agreed
from vcam.cli.run import Report
from vcam.errors import SettingsError
from vcam.frames import Size
from vcam.presenter import Presenter
from vcam.settings import Settings, load, to_table
from vcam.settings.words import OPTIONS
from vcam.sources.camera_info import CameraInfo
from vcam.status import State, Status
from vcam.status_text import headline
from vcam.stopwatch import STAGES
from vcam.system.doctor.finding import Finding
from vcam.translation import tr
from vcam.v4l2.controls import Control
from vcam.v4l2.modes import Mode

SETTINGS = set(to_table(Settings()))
NAMES = {"vcam", "FPS", "N", "A,B", "..."}
"""What a help has besides messages: names that are typed or shown as they are."""


def words_of(text: str) -> set[str]:
    """The words that no catalogue had; numbers and punctuation are none."""
    words = re.findall(r"[^\s|{}\[\]()]+", " ".join(untranslated(text)))
    return {word.strip(",.:") for word in words if re.search(r"[^\W\d]", word)}


def test_the_overview_is_wholly_translated(
    pseudo: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--help"]) == 0
    assert words_of(capsys.readouterr().out) == {"vcam", *COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_is_wholly_translated(
    name: str, pseudo: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    printed = capsys.readouterr().out
    _, parser = parser_of(name)
    names = {*NAMES, name}
    for action in parser._actions:
        names |= {*action.option_strings, *map(str, action.choices or ())}
        names |= {",".join(map(str, action.choices or ()))}
    names |= {f"--no-{each[2:]}" for each in names if each[:2] == "--"}
    if name == "set":
        names |= words_of(" ".join(OPTIONS).replace(".", " "))
    left = words_of(printed) - names
    values = r"\w+=\S+|Webcam\"|nothing|pipewire|presenter|blur"
    values += r"|/\S*|[A-Z]:\\\S*|\S*settings.toml"
    assert not {word for word in left if not re.fullmatch(values, word)}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["rnu"], {"'rnu'", "run"}),
        (["run", "--backgroud", "x"], {"--backgroud", "x", "--background"}),
        (["run", "beach"], {"beach", "vcam", "run", "--help"}),
        (["run", "--size", "x"], {"--size", "'x'", "vcam", "run", "--help"}),
        (["render", "in.mp4"], {"vcam", "render", "--help"}),
        (["render", "a.mp4", "b.mp4", "--alpha", "-b", "x"], set()),
        (["snap", "--mask", "-b", "blur"], set()),
        (["snap", "."], {"'.'"}),
        (["demo", "--fps", "0"], {"--fps"}),
        (["bench", "--turns", "1"], {"--turns"}),
        (["bench", "--load", "1", "--seconds", "0"], {"--load"}),
        (["evaluate", "--frames", "1"], {"--frames"}),
        (["evaluate", "--split", "dev"], set()),
        (["report", "x.mp4", "-o", "x.txt"], {"'x.txt'", "png", "pdf", "html"}),
        (["autostart", "off", "--systemd"], set()),
        (["run", "--settings", "no.toml"], {"'no.toml'"}),
        (["set", "mirror"], {"'mirror'", "mirror"}),
        (["set", "mirorr=on"], {"'mirorr'", "'mirror'"}),
        (["set", "mirror=on", "mirror=on"], {"'mirror'"}),
        (["set", "size=big"], {"output.size", "=", "'big'"}),
        (["set", "cpu_budget=1"], set()),
    ],
)
def test_a_mistake_is_explained_in_the_users_language(
    words: list[str],
    names: set[str],
    pseudo: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "⟦" in said
    assert words_of(said) <= {"vcam", *names}


@pytest.mark.parametrize(
    "text",
    [
        "no TOML",
        "[outptu]\n",
        "output = 3\n",
        "[output]\nfsp = 3\n",
        "[output]\nfps = 'x'\n",
        "[output]\nsize = 3\n",
        "[background]\nkind = 3\n",
        "[background]\nkind = 'x'\ny = []\n",
        "[background]\nkind = 'picture'\n",
        "[mask]\nblobs = true\nremove_strays = true\n",
        "[power]\ncpu_budget = 2\n",
    ],
)
def test_a_broken_settings_file_is_explained_in_the_users_language(
    text: str, pseudo: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("s.toml")
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(path)
    said = str(caught.value)
    assert said.startswith(("⟦In ⟧'s.toml'⟦: ⟧", "⟦The settings ⟧"))
    if text != "no TOML":  # whose reason is Python's
        names = {"size", "cpu_budget", "fps", "outptu", "remove_strays", "y", *SETTINGS}
        left = {word for word in words_of(said) if not word.startswith("'")}
        assert left <= {*names, *KINDS}


def test_the_status_is_labelled_in_the_users_language(pseudo: None) -> None:
    told = {
        "headline": tr("Live"),
        "remedy": "",
        "camera": "cam",
        "output": "out",
        "background": "blur",
        "quality": "standard",
        "mask_engine": "litert",
        "costs_ms": {"segment": 3.0},
        "latency_ms": 20.0,
        "pid": 7,
        "settings": {"source": {"rotate": 90, "flip": True, "mirror": True}},
    }
    values = {"cam", "out", "blur", "standard", "litert"}
    assert words_of("\n".join(status._lines(told))) <= values
    assert not words_of("\n".join(status._lines(status.STOPPED))) - {"vcam", "run"}


def test_what_is_on_air_is_told_in_the_users_language(
    pseudo: None, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    report.on(Status(State.LIVE, camera="cam", output="out", background="blur"))
    resting = Status(State.RESTING, output="out")
    report.on(resting)
    report.on(Status(State.WAITING, message=tr("No camera"), remedy=tr("Plug one in")))
    printed = capsys.readouterr()
    said = printed.out.replace(headline(resting), "")
    assert words_of(said) <= {"cam", "out", "blur"}
    assert not words_of(printed.err)


def test_the_doctor_says_its_verdict_in_the_users_language(
    pseudo: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def diagnose(_: object) -> tuple[Finding, ...]:
        wrong = Finding("driver", False, tr("is missing"), tr("Install it"))
        return wrong, Finding("camera", None, tr("is busy"))

    monkeypatch.setattr("vcam.system.doctor.diagnose", diagnose)
    for words in (["doctor"], ["doctor", "--fix"]):
        assert main(words) == 1
        assert not words_of(capsys.readouterr().out)
    assert main(["doctor", "--json"]) == 1
    printed = capsys.readouterr().out
    assert "⟦" not in printed, "for programs"
    assert json.loads(printed)["findings"][0]["remedy"] == "Install it"


@pytest.mark.parametrize("answer", ["y", "YES", "⟦y⟧", "⟦yes⟧"])
def test_yes_may_be_said_in_the_users_language(
    answer: str, pseudo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert agreed(tr("Nobody can be asked"))


def test_a_spaniard_says_yes_without_the_accent(monkeypatch: pytest.MonkeyPatch) -> None:
    path = translation.FOLDER / "es" / "LC_MESSAGES" / "vcam.po"
    spanish = gettext.GNUTranslations(io.BytesIO(hatch_build.catalogue(path)))
    monkeypatch.setattr(translation, "catalogue", lambda: spanish)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for answer, wanted in (("si", True), ("Sí", True), ("S", True), ("no", False)):
        monkeypatch.setattr("builtins.input", lambda question, said=answer: said)
        assert agreed("") is wanted, answer


def test_the_cameras_are_listed_in_the_users_language(pseudo: None) -> None:
    modes = (Mode("MJPG", Size(1280, 720), (30.0,)),)
    webcam = CameraInfo("Cam", "/dev/video0", 0, "usb", modes, virtual=True)
    names = {"Cam", "/dev/video0", "usb", "MJPG", "1280x720"}
    assert words_of("\n".join(cameras.as_text(webcam))) == names
    control = Control(1, "Zoom", 1, 0, 255, 1, 128, flags=0x10, value=9)
    assert words_of(cameras.control_as_text(control, {})) == {"Zoom"}
    assert not words_of(tr(cameras.NONE))


def test_files_are_rendered_in_the_users_language(
    pseudo: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, out = tmp_path / "me.png", tmp_path / "out.png"
    cv2.imwrite(str(photo), Presenter(Size(320, 180)).draw(1.0).image)
    assert main(["render", str(photo), str(out), "-b", "teal"]) == 0
    said, costs = capsys.readouterr().out.split("\n")[:2]
    assert words_of(said.replace(str(out), "")) == {"320x180"}
    assert not words_of(costs)


def test_every_stage_that_is_timed_has_a_name() -> None:
    named = {
        name
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "speed"  # whose stage is the whole
        for name in re.findall(r"\.lap\(\"(\w+)\"\)", path.read_text("utf-8"))
    }
    assert named | {"publish"} == set(STAGES)


def test_a_benchmark_is_told_in_the_users_language_and_written_in_english(
    pseudo: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bench.json"
    words = ["bench", "--turns", "2", "--seconds", "1", "--size", "160x90", "-b", "teal"]
    assert main([*words, "--preset", "light", "--json", str(file)]) == 0
    assert "light, teal, 160x90⟦ at ⟧30" in capsys.readouterr().out
    written = file.read_text("utf-8")
    assert "⟦" not in written and "light, teal, 160x90 at 30" in json.loads(written)["live"]


def test_a_report_is_written_in_the_users_language(
    pseudo: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="Matplotlib is not installed (extra studio)")
    photo, page = tmp_path / "me.png", tmp_path / "me.html"
    cv2.imwrite(str(photo), Presenter(Size(320, 180)).draw(1.0).image)
    assert main(["report", str(photo), "-o", str(page), "-b", "teal"]) == 0
    said = capsys.readouterr().out.replace(str(page), "")
    assert words_of(said) <= {"320x180", "standard", "teal"}
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page.read_text("utf-8"), flags=re.S)
    assert words_of(shown) <= {"320x180", "standard", "teal", "me.png", __version__}


def test_the_window_of_the_preview_is_named_in_the_users_language(pseudo: None) -> None:
    titles = [
        preview._title(on_air.Shown(None, view, "live", published))
        for view in preview.TITLES
        for published in (True, False)
    ]
    assert not words_of("\n".join(titles))


def test_the_manual_page_is_english_whoever_builds_it(pseudo: None) -> None:
    assert "⟦" not in manual.page()


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_help_can_be_shown_in_every_language(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiled(language, monkeypatch, tmp_path)
    helps = {name: parser_of(name)[1].format_help() for name in COMMANDS}
    assert all("%(" not in text and "%%" not in text for text in helps.values())


def test_a_german_reads_german(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled("de", monkeypatch, tmp_path)
    with pytest.raises(SystemExit):
        main(["snap", "--help"])
    assert capsys.readouterr().out.startswith("Aufruf: vcam snap [-h] [-v]")
    assert main(["run", "--backgroud", "x"]) == 2
    said = "vcam: Unbekannte Argumente: --backgroud x. Ist --background gemeint?\n"
    assert capsys.readouterr().err == said
    assert main(["run", "--size", "x"]) == 2
    assert capsys.readouterr().err.startswith("vcam: --size: 'x' ist keine Größe;")


def compiled(language: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Speak it, from the present translations."""
    content = hatch_build.catalogue(
        translation.FOLDER / language / "LC_MESSAGES" / "vcam.po"
    )
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "vcam.mo").write_bytes(content)
    monkeypatch.setattr(translation, "FOLDER", folder)
    monkeypatch.setattr(translation, "catalogue", translation.catalogue.__wrapped__)
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.delenv("LANGUAGE")
