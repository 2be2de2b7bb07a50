"""How the kernels are built, chosen and called; what they compute has files of its own."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from kernel_builds import FOLDER

from vcam import kernels
from vcam.kernels import Kernel, Library, arrays, files
from vcam.kernels import build as build_module
from vcam.kernels.build import BuildError, build, compiler

SANITIZERS = (
    *("-O1", "-g", "-fsanitize=address,undefined,float-cast-overflow"),
    "-fno-sanitize-recover=all",
)
MODULES = [
    importlib.import_module(f"vcam.kernels.{path.stem}")
    for path in sorted(files.FOLDER.glob("*.py"))
    if path.stem != "__init__"
]
needs_compiler = pytest.mark.skipif(compiler() is None, reason="there is no C compiler")


def runs(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def prototypes() -> dict[str, list[str]]:
    """The functions of the header, each with the types of its arguments."""
    text = re.sub(r"/\*.*?\*/", "", (files.SOURCE / "kernels.h").read_text(), flags=re.S)
    found = re.findall(r"^EXPORTED .*?(\w+)\((.*?)\);", text, re.S | re.M)
    return {name: [each.strip() for each in given.split(",")] for name, given in found}


def kind(argument: str) -> object:
    """How ctypes has to pass an argument that the header declares like this."""
    if "*" in argument:
        return kernels.ADDRESS
    words = argument.removeprefix("const ").split()
    return {"float": kernels.FLOAT, "int": kernels.INT, "ptrdiff_t": kernels.COUNT}[
        words[0]
    ]


def test_every_function_in_c_is_called_with_the_arguments_it_takes() -> None:
    called = [
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, Kernel)
    ]
    declared = prototypes()
    assert {each.name for each in called} == set(declared)
    for each in called:
        expected = [kind(argument) for argument in declared[each.name]]
        assert list(each.arguments) == expected, each.name


def test_every_stage_has_one_file_in_c_and_one_module() -> None:
    in_c = {path.stem for path in files.SOURCE.glob("*.c")}
    modules = {
        module.__name__.rpartition(".")[2]
        for module in MODULES
        if any(isinstance(value, Kernel) for value in vars(module).values())
    }
    assert in_c == modules


def test_the_c_code_allocates_nothing_and_keeps_nothing() -> None:
    for path in files.SOURCE.glob("*.c"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        assert set(re.findall(r"#include (\S+)", text)) <= {
            *('"kernels.h"', "<math.h>", "<string.h>", "<immintrin.h>"),
        }, path.name
        assert not re.search(r"\b(malloc|calloc|realloc|free|alloca)\b", text), path.name
        # A variable outside of functions must be a table or a number that never changes.
        outside = re.findall(r"^(?!typedef|struct)\w[^(\n]*[=;]\s*$", text, re.M)
        changing = [line for line in outside if not {"const", "enum"} & set(line.split())]
        assert not changing, path.name


def test_the_best_build_that_is_there_is_used(kernels_folder: Path) -> None:
    best = kernels.choose("", kernels_folder).library
    assert best is not None
    named = [kernels.choose(name, kernels_folder).library for name in files.builds()]
    assert best.build == next(each.build for each in named if each is not None)


def test_the_user_can_name_a_build_or_forbid_all(kernels_folder: Path) -> None:
    chosen = kernels.choose("baseline", kernels_folder)
    assert chosen.library is not None and chosen.library.build == "baseline"
    assert kernels.choose("off", kernels_folder).library is None


def test_a_name_that_no_build_has_is_told_and_changes_nothing(kernels_folder: Path) -> None:
    chosen = kernels.choose("fastest", kernels_folder)
    assert chosen.library is not None
    assert "VCAM_KERNELS is 'fastest', which is none of off, " in chosen.why


def test_an_installation_without_kernels_says_so_and_runs(tmp_path: Path) -> None:
    chosen = kernels.choose("", tmp_path)
    assert chosen.library is None
    assert f"{files.library('baseline').name} was not built" in chosen.why


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_library_that_was_cut_off_is_told_and_stops_nothing(
    kernels_folder: Path, tmp_path: Path, share: float
) -> None:
    """The system's loader would end the process."""
    whole = files.library("baseline", kernels_folder)
    cut = files.library("baseline", tmp_path)
    content = whole.read_bytes()
    cut.write_bytes(content[: int(share * len(content))])
    files.record(cut).write_bytes(files.record(whole).read_bytes())
    chosen = kernels.choose("baseline", tmp_path)
    assert chosen.library is None
    assert chosen.why == f"{cut.name} is damaged, or was built from other sources"


def test_a_file_that_is_no_library_is_told_and_stops_nothing(tmp_path: Path) -> None:
    path = files.library("baseline", tmp_path)
    path.write_bytes(b"text")
    for record in (b"", b"\xff", files.description(path).encode()):
        files.record(path).write_bytes(record)
        chosen = kernels.choose("baseline", tmp_path)
        assert chosen.library is None and path.name in chosen.why


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_library_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(files.library("baseline", tmp_path))
    assert kernels.choose("baseline", tmp_path).library is None


@needs_compiler
def test_a_library_of_other_sources_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "version", lambda: "older")
    build(tmp_path, ["baseline"])
    monkeypatch.undo()
    chosen = kernels.choose("baseline", tmp_path)
    assert chosen.library is None and "was built from other sources" in chosen.why


def test_without_a_compiler_the_build_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(BuildError, match=r"no C compiler \(CC=no-such-compiler\)"):
        build(tmp_path)


@needs_compiler
def test_the_user_can_name_a_compiler_and_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = compiler()
    assert usual is not None
    monkeypatch.setenv("CC", f"{usual[0]} -DNOTHING=1")
    (built,) = build(tmp_path, ["baseline"])
    assert built == files.library("baseline", tmp_path) and files.is_current(built)


@needs_compiler
def test_a_compiler_that_can_make_only_one_build_makes_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(files.MORE_OPTIONS, "avx2", ("-no-such-option",))
    said: list[str] = []
    assert build(tmp_path, ["avx2", "baseline"], warn=said.append) == [
        files.library("baseline", tmp_path)
    ]
    assert "-no-such-option" in said[0]


@pytest.mark.parametrize("given", [" ", "'"])
def test_a_compiler_that_is_no_command_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("CC", given)
    with pytest.raises(BuildError, match=f"CC={given}"):
        build(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="the compiler is a shell script")
def test_a_compiler_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    script = tmp_path / "cc"
    script.write_text(
        f"#!/bin/sh\nsleep 600 & echo $! >{started}.new\nmv {started}.new {started}\nwait\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("CC", str(script))
    monkeypatch.setattr(build_module, "COMPILE_S", 0.5)
    with pytest.raises(BuildError, match="took longer than"):
        build(tmp_path, ["baseline"])
    child = int(started.read_text())
    for _ in range(500):
        if not runs(child):
            break
        time.sleep(0.01)
    assert not runs(child)


@needs_compiler
def test_a_compiler_that_fails_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"could not compile the kernels: .*-no-such"):
        build(tmp_path, ["baseline"], ["-no-such-option"])
    assert not list(tmp_path.iterdir())


class TestArrays:
    def test_what_c_would_read_wrongly_is_refused(self) -> None:
        right = np.zeros((4, 6), np.float32)
        assert arrays.address(right, np.float32, (4, 6)) == right.ctypes.data
        shifted = np.zeros(97, np.uint8)[1:].view(np.float32).reshape(4, 6)
        for wrong in (
            right.astype(np.float64),
            right.astype(">f4"),
            right.T,
            right[:3],
            right[:, :5],
            np.zeros((4, 12), np.float32)[:, ::2],
            np.zeros((4, 12), np.float32)[:, :6],
            shifted,
        ):
            with pytest.raises(ValueError, match=r"a kernel needs float32 \(4, 6\)"):
                arrays.address(wrong, np.float32, (4, 6))

    def test_a_part_of_a_picture_has_a_stride_and_no_gaps_in_its_rows(self) -> None:
        picture = np.zeros((9, 16, 3), np.uint8)
        part = picture[2:5, 3:10]
        at, stride = arrays.rows(part, np.uint8, (3, 7, 3))
        assert (at, stride) == (picture.ctypes.data + 2 * 48 + 9, 48)
        backwards = np.zeros((3, 7, 3), np.uint8)[::-1]
        repeated = np.broadcast_to(np.zeros((1, 7, 3), np.uint8), (3, 7, 3))
        for wrong in (picture[:3, ::2][:, :7], picture[:3, 6::-1], backwards, repeated):
            with pytest.raises(ValueError, match="a kernel needs uint8"):
                arrays.rows(wrong, np.uint8, (3, 7, 3))

    def test_nothing_is_written_into_inputs_or_what_is_read_only(self) -> None:
        values = np.zeros(8, np.float32)
        with pytest.raises(ValueError, match="its own input"):
            arrays.apart(values[:5], values[4:])
        arrays.apart(values[:4], values[4:])
        values.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            arrays.output(values, np.float32, (8,))


def test_a_library_can_be_exchanged_for_a_test(library: Library) -> None:
    before = kernels.active()
    with kernels.using(kernels.Choice(library, "")):
        assert kernels.active() is library
    assert kernels.active() is before


@needs_compiler
@pytest.mark.skipif(sys.platform != "linux", reason="needs LD_PRELOAD")
@pytest.mark.skipif(FOLDER in os.environ, reason="this is what it runs")
def test_no_kernel_leaves_its_arrays_and_none_does_what_c_does_not_define(
    tmp_path: Path,
) -> None:
    """All tests of the kernels once more, under AddressSanitizer and UBSan."""
    # OpenCV throws exceptions, which AddressSanitizer has to see as well.
    runtime = f"{_runtime('libasan.so')} {_runtime('libstdc++.so')}"
    try:
        build(tmp_path, options=SANITIZERS)
    except BuildError:
        pytest.skip("this compiler has no sanitizers")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "--capture=sys", "tests/kernels"],
        cwd=Path(__file__).parents[2],
        env={
            **os.environ,
            "LD_PRELOAD": runtime,
            # Python never frees some of its memory.
            "ASAN_OPTIONS": "detect_leaks=0",
            FOLDER: str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def _runtime(name: str) -> str:
    cc = compiler()
    assert cc is not None
    found = subprocess.run(
        [*cc, f"-print-file-name={name}"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not Path(found).is_file() or shutil.which("ld") is None:
        pytest.skip("this compiler has no sanitizers")
    return found
