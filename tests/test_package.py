"""What is built, and whether it runs where only it is installed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import vcam
from vcam.cli.grammar import commands
from vcam.kernels import files
from vcam.kernels.build import compiler
from vcam.system.autostart import desktop_entry

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402 - lives beside pyproject.toml, not in a package
import hatch_metadata  # noqa: E402 - as above

BUILT_BY = ("hatch_build.py", "hatch_metadata.py", "pyproject.toml", "README.md", "LICENSE")
REPOSITORY = "https://example.org/ann/vcam"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Without a compiler a build removes earlier kernels: not those of this checkout.
    root = ROOT if compiler() else copied(tmp_path_factory.mktemp("copy") / "copy")
    return build("wheel", root, tmp_path_factory.mktemp("wheel"))


def copied(root: Path) -> Path:
    """What a wheel is built of, elsewhere."""
    for each in ("vcam", "assets"):
        shutil.copytree(
            ROOT / each, root / each, ignore=shutil.ignore_patterns("__pycache__")
        )
    for each in BUILT_BY:
        shutil.copy(ROOT / each, root)
    return root


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are published, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    packed = build("sdist", ROOT, folder, {"VCAM_REPOSITORY": REPOSITORY})
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / packed.name.removesuffix(".tar.gz")


def build(kind: str, root: Path, into: Path, environ: Mapping[str, str] = {}) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)],
        cwd=root,
        check=True,
        capture_output=True,
        timeout=300,
        env={**os.environ, **environ},
    )
    (built,) = (path for path in into.iterdir() if path.suffix in (".whl", ".gz"))
    return built


def tracked(*places: str) -> set[str]:
    if shutil.which("git") is None:
        pytest.skip("git is not installed: the list of files is not known")
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *places]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: the list of files is not known")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def metadata(wheel: Path) -> str:
    archive = zipfile.ZipFile(wheel)
    (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
    return archive.read(name).decode()


def test_the_wheel_holds_the_package_the_models_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name for name in names if name.startswith("vcam/")}
    ours = tracked("vcam")
    models = {f"vcam/models/{name}" for name in hatch_build.SHA256}
    libraries = [files.library(build) for build in files.builds()]
    kernels = {
        f"vcam/kernels/{path.name}"
        for library in libraries
        for path in (library, files.record(library))
    }
    if sys.platform == "darwin":
        kernels |= {name for name in names if "/macos_app/vcam.app/Contents/" in name}
    if compiler() is None:
        kernels = set()
    catalogues = {
        f"{folder.relative_to(ROOT).as_posix()}/vcam.mo"
        for folder in (ROOT / "vcam" / "locale").glob("*/LC_MESSAGES")
    }
    assert inside == ours | models | kernels | catalogues
    assert {"vcam/models/LICENSE", "vcam/py.typed"} <= inside
    assert all(name.startswith(("vcam/", "vcam_background-0")) for name in names)
    assert not [
        name for name in names if "test_" in name or name.endswith((".mp4", ".pyc"))
    ]


def test_the_models_in_the_wheel_are_the_published_ones(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    for name, sha256 in hatch_build.SHA256.items():
        content = archive.read(f"vcam/models/{name}")
        assert hashlib.sha256(content).hexdigest() == sha256


def test_the_version_is_written_in_one_place(wheel: Path) -> None:
    """The package has it, for a checkout that is not installed; the rest reads it there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" not in project and "version" in project["dynamic"]
    said = metadata(wheel).splitlines()
    assert f"Version: {vcam.__version__}" in said
    assert f"vcam {vcam.__version__}" in manual(wheel)


def test_the_wheel_brings_a_manual_page_with_every_command_and_option(wheel: Path) -> None:
    page = manual(wheel).replace(r"\-", "-")
    for command in commands():
        assert f".SS {command.name}\n" in page
        for option in command.options:
            assert all(rf"\fB{name}\fR" in page for name in option.names), command.name
    assert str(Path.home()) not in page and r"\(ti/.config/vcam/settings.toml" in page


@pytest.mark.parametrize(
    "checker",
    [["mandoc", "-T", "lint"], ["groff", "-man", "-ww", "-z"]],
    ids=lambda c: c[0],
)
def test_the_manual_page_is_well_formed(
    checker: list[str], wheel: Path, tmp_path: Path
) -> None:
    if shutil.which(checker[0]) is None:
        pytest.skip(f"{checker[0]} is not installed")
    (tmp_path / "vcam.1").write_text(manual(wheel), "utf-8")
    done = subprocess.run(
        [*checker, "vcam.1"], cwd=tmp_path, capture_output=True, text=True
    )
    said = (done.stdout + done.stderr).splitlines()
    # It has no date: the same sources give the same page.
    assert [line for line in said if "missing date" not in line] == []


def manual(wheel: Path) -> str:
    name = f"vcam_background-{vcam.__version__}.data/data/share/man/man1/vcam.1"
    return zipfile.ZipFile(wheel).read(name).decode()


def test_the_wheel_alone_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import vcam;"
        "print(vcam.__file__);"
        "from vcam.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [
        "demo",
        "--output",
        str(tmp_path / "out"),
        "--seconds",
        "0.2",
        "--size",
        "320x180",
    ]
    done = subprocess.run(
        # -P and another folder: what runs is the wheel, not this checkout.
        [sys.executable, "-P", "-c", code, str(site), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout and (tmp_path / "out" / "demo.mp4").stat().st_size > 0


@pytest.mark.skipif(compiler() is None, reason="there is no C compiler")
def test_a_wheel_with_kernels_is_for_one_kind_of_machine_and_every_python(
    wheel: Path,
) -> None:
    *_, python, abi, machine = wheel.stem.split("-")
    assert (python, abi) == ("py3", "none") and machine != "any"


def test_without_a_compiler_the_wheel_is_for_every_machine(tmp_path: Path) -> None:
    copy = copied(tmp_path / "copy")
    # A library of an earlier build is not packed, either.
    (copy / "vcam" / "kernels" / "kernels-baseline.so").write_bytes(b"of another machine")
    built = build("wheel", copy, tmp_path, {"CC": "no-such-compiler"})
    assert built.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(built).namelist()
    assert not [name for name in names if name.startswith("vcam/kernels/kernels-")]


def test_the_sdist_holds_the_repository_and_the_models(sdist: Path) -> None:
    files_of = {str(p.relative_to(sdist)) for p in sdist.rglob("*") if p.is_file()}
    models = {f"vcam/models/{name}" for name in hatch_build.SHA256}
    here_only = {name for name in tracked() if name.startswith(".ci/")}
    assert files_of == (tracked() - here_only) | models | {"PKG-INFO"}


def test_the_sdist_is_built_without_a_network_to_the_same_wheel(
    sdist: Path, wheel: Path, tmp_path: Path
) -> None:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "VCAM_MODELS_DIR": ""}
    built = build("wheel", sdist, tmp_path, offline)
    names = [sorted(zipfile.ZipFile(each).namelist()) for each in (built, wheel)]
    assert built.name == wheel.name and names[0] == names[1]
    # The addresses are those that the sdist was made with.
    assert f"Project-URL: Source, {REPOSITORY}/tree/v{vcam.__version__}" in metadata(built)


def test_the_index_shows_the_pictures_and_every_link_leads_somewhere(sdist: Path) -> None:
    said = (sdist / "PKG-INFO").read_text("utf-8")
    _, _, page = said.partition("\n\n")
    assert f"]({REPOSITORY}/raw/v{vcam.__version__}/docs/before-after.jpg)" in page
    assert f'src="{REPOSITORY}/raw/v{vcam.__version__}/assets/tray/live.png"' in page
    assert f"]({REPOSITORY}/blob/v{vcam.__version__}/docs/virtual-camera.md)" in page
    places = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", page)
    assert not [one + two for one, two in places if not (one + two).startswith("https://")]
    assert (ROOT / "README.md").read_text("utf-8").count("](") == page.count("](")


def test_a_build_that_knows_no_repository_points_nowhere(wheel: Path) -> None:
    said = metadata(wheel)
    assert "Project-URL" not in said
    assert "](docs/" not in said and "<img" not in said and "![" not in said
    assert "MediaPipe, Apache-2.0 (vcam/models/LICENSE)" in said


def test_an_address_that_is_none_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCAM_REPOSITORY", "ann/vcam")
    with pytest.raises(SystemExit, match="VCAM_REPOSITORY is 'ann/vcam'"):
        hatch_metadata.Hook(str(ROOT), {}).update({})


def test_a_python_for_which_there_is_no_engine_stops_the_build_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before pip looks for MediaPipe, of which it would only say that it finds none."""
    arm = hatch_metadata.unsuitable("win32", "ARM64", "win-arm64")
    monkeypatch.setattr(hatch_metadata, "unsuitable", lambda *here: arm)
    with pytest.raises(SystemExit, match="vcam needs the x64 Python"):
        hatch_metadata.Hook(str(ROOT), {}).update({})


def test_the_menu_entry_of_packages_is_that_of_setup_with_translations(
    wheel: Path,
) -> None:
    name = f"vcam_background-{vcam.__version__}.data/data/share/applications/vcam.desktop"
    packaged = desktop_entry.values(zipfile.ZipFile(wheel).read(name).decode())
    assert packaged == desktop_entry.values(desktop_entry.entry(("vcam",)))
    assert {"Comment[de]", "Comment[es]"} <= packaged.keys()


def test_the_icon_comes_in_every_size(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    for side in (16, 22, 24, 32, 48, 64, 128, 256, 512):
        place = f"share/icons/hicolor/{side}x{side}/apps/vcam.png"
        (name,) = (each for each in archive.namelist() if each.endswith(place))
        with Image.open(archive.open(name)) as picture:
            assert picture.size == (side, side) and picture.mode == "RGBA"
    assert any(name.endswith("scalable/apps/vcam.svg") for name in archive.namelist())


@pytest.mark.parametrize(
    "checker",
    [
        ["appstreamcli", "validate", "--no-net", "org.pypi.vcam_background.metainfo.xml"],
        ["desktop-file-validate", "--warn-kde", "vcam.desktop"],
    ],
    ids=lambda command: command[0],
)
def test_what_software_centres_and_menus_read_is_valid(checker: list[str]) -> None:
    if shutil.which(checker[0]) is None:
        pytest.skip(f"{checker[0]} is not installed")
    done = subprocess.run(
        checker, cwd=ROOT / "assets/linux", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warnings" not in done.stdout and "hint" not in done.stdout


def test_an_offline_folder_gives_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = _hook(tmp_path)
    monkeypatch.setenv("VCAM_KERNELS", "off")
    monkeypatch.setenv("VCAM_MODELS_DIR", str(ROOT / "vcam" / "models"))
    hook.initialize("editable", {})
    for name in hatch_build.SHA256:
        built = (tmp_path / "vcam" / "models" / name).read_bytes()
        assert built == (ROOT / "vcam" / "models" / name).read_bytes()


def test_a_wrong_or_missing_model_stops_the_build_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = _hook(tmp_path)
    folder = tmp_path / "offline"
    folder.mkdir()
    monkeypatch.setenv("VCAM_MODELS_DIR", str(folder))
    with pytest.raises(SystemExit, match=r"there is no selfie_segmentation\.tflite"):
        hook.initialize("editable", {})
    for name in hatch_build.SHA256:
        (folder / name).write_bytes(b"something else")
    with pytest.raises(SystemExit, match="SHA-256"):
        hook.initialize("editable", {})
    assert not list((tmp_path / "vcam" / "models").iterdir())


def test_without_a_network_the_build_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = _hook(tmp_path)
    monkeypatch.delenv("VCAM_MODELS_DIR", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SystemExit, match="set VCAM_MODELS_DIR to a folder"):
        hook.initialize("editable", {})


@pytest.mark.skipif(compiler() is None, reason="there is no C compiler")
def test_on_macos_the_app_comes_along_and_no_old_one_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = _hook(tmp_path)
    shutil.copytree(ROOT / "vcam", tmp_path / "vcam", dirs_exist_ok=True)
    app = tmp_path / "vcam/system/macos_app/vcam.app"
    (app / "old").mkdir(parents=True)
    with monkeypatch.context() as mac:
        mac.setattr(sys, "platform", "darwin")
        hook._build_app(True)
    assert os.access(app / "Contents/MacOS/vcam", os.X_OK)
    assert (app / "Contents/Resources/de.lproj/InfoPlist.strings").is_file()
    assert not (app / "old").exists()
    hook._build_app(True)
    assert not app.exists()


def _hook(root: Path) -> hatch_build.Hook:
    (root / "vcam" / "models").mkdir(parents=True)
    nothing: Any = None  # the hook looks at the folder only
    return hatch_build.Hook(str(root), {}, nothing, nothing, "", "wheel")
