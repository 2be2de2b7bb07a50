"""What is built, and whether it runs where only it is installed."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import vcam
from vcam.cli.grammar import commands
from vcam.kernels import files
from vcam.kernels.build import compiler

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402 - lives beside pyproject.toml, not in a package


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_the_models_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name for name in names if name.startswith("vcam/")}
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "vcam"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: the list of files is not known")
    ours = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    models = {f"vcam/models/{name}" for name in hatch_build.SHA256}
    libraries = [files.library(build) for build in files.builds()]
    kernels = {
        f"vcam/kernels/{path.name}"
        for library in libraries
        for path in (library, files.record(library))
    }
    if compiler() is None:
        kernels = set()
    catalogues = {
        f"{folder.relative_to(ROOT).as_posix()}/vcam.mo"
        for folder in (ROOT / "vcam" / "locale").glob("*/LC_MESSAGES")
    }
    assert inside == ours | models | kernels | catalogues
    assert {"vcam/models/LICENSE", "vcam/py.typed"} <= inside
    assert all(name.startswith(("vcam/", "vcam-0")) for name in names)
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
    assert "version" not in project and project["dynamic"] == ["version"]
    names = zipfile.ZipFile(wheel).namelist()
    (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    said = zipfile.ZipFile(wheel).read(metadata).decode().splitlines()
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
    name = f"vcam-{vcam.__version__}.data/data/share/man/man1/vcam.1"
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
    copy = tmp_path / "copy"
    for each in ("vcam", "assets"):
        shutil.copytree(ROOT / each, copy / each)
    for each in ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / each, copy)
    # A library of an earlier build is not packed, either.
    (copy / "vcam" / "kernels" / "kernels-baseline.so").write_bytes(b"of another machine")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=copy,
        check=True,
        capture_output=True,
        timeout=300,
        env={**os.environ, "CC": "no-such-compiler"},
    )
    (built,) = tmp_path.glob("*-py3-none-any.whl")
    names = zipfile.ZipFile(built).namelist()
    assert not [name for name in names if name.startswith("vcam/kernels/kernels-")]


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


def _hook(root: Path) -> hatch_build.Hook:
    (root / "vcam" / "models").mkdir(parents=True)
    nothing: Any = None  # the hook looks at the folder only
    return hatch_build.Hook(str(root), {}, nothing, nothing, "", "wheel")
