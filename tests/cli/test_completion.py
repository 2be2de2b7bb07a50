"""What the shells complete after ``vcam``, asked in the shells themselves."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from systems import WINDOWS

from vcam.backgrounds.choosing import user_gallery
from vcam.cli import COMMANDS, main
from vcam.settings import Settings, profiles

Complete = Callable[[str], list[str]]
"""From what is typed to what is offered."""


def script(shell: str) -> str:
    words = [sys.executable, "-m", "vcam", "completion", shell]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert not done.stderr
    return done.stdout


def asked_in_bash(typed: str) -> list[str]:
    # As readline splits a line: the equals sign is a word.
    words = [each for each in re.split(r" |(=)", typed) if each]
    words += [""] if typed[-1] in " " else []
    code = (
        f"set -u; {script('bash')}\n"
        "complete -p vcam >&2; compopt() { :; }\n"
        f"COMP_WORDS=({shlex.join(words)}) COMP_CWORD={len(words) - 1}; _vcam\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = ["bash", "--norc", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "complete -o default -F _vcam vcam\n"
    return [shlex.split(line)[0] for line in done.stdout.splitlines() if line]


def asked_in_fish(typed: str) -> list[str]:
    code = f"{script('fish')}\ncomplete -C {shlex.quote(typed)}"
    command = ["fish", "--no-config", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert not done.stderr
    offered = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    return [each.rpartition("=")[2] if "=" in typed else each for each in offered]


def asked_in_zsh(typed: str) -> list[str]:
    """In a terminal, as ``_vcam`` calls ``compadd`` only while something is completed."""
    import pty
    import select

    parent, child = pty.openpty()
    code = (
        "PS1=; unsetopt zle_bracketed_paste 2>/dev/null; LISTMAX=999\n"
        "autoload -Uz compinit; compinit -u -D; setopt no_beep\n"
        "zstyle ':completion:*' list-separator '--'\n"
        'compadd() { builtin compadd -O shown "$@"; print -rl -- $shown >> $OFFERED;\n'
        'builtin compadd "$@" }\n'
        'eval "$(cat $SCRIPT)"; print ready\n'
    )
    folder = Path(os.environ["HOME"])
    (folder / "vcam.zsh").write_text(script("zsh"))
    (folder / "offered").write_text("")
    (folder / "start.zsh").write_text(code)
    places = {"SCRIPT": folder / "vcam.zsh", "OFFERED": folder / "offered"}
    running = subprocess.Popen(
        ["zsh", "-f", "-i"],
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
        env={**os.environ, "TERM": "dumb", **{k: str(v) for k, v in places.items()}},
    )
    os.close(child)
    try:
        os.write(parent, f"source {folder / 'start.zsh'}\n".encode())
        seen, asked = b"", False
        deadline_s = time.monotonic() + 20
        while time.monotonic() < deadline_s:
            if select.select([parent], [], [], 0.3)[0]:
                seen += os.read(parent, 65536)
            elif asked:
                break
            if b"ready" in seen and not asked:
                os.write(parent, f"{typed}\t".encode())
                asked = True
    finally:
        running.kill()
        running.wait()
        os.close(parent)
    return (folder / "offered").read_text().split("\n")[:-1]


SHELLS = {"bash": asked_in_bash, "zsh": asked_in_zsh, "fish": asked_in_fish}


@pytest.fixture(params=SHELLS)
def complete(request: pytest.FixtureRequest) -> Complete:
    shell: str = request.param
    if WINDOWS:
        pytest.skip("not on Windows: shells and terminals as on Linux and macOS")
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    return SHELLS[shell]


def test_every_command_is_offered(complete: Complete) -> None:
    assert set(COMMANDS) <= set(complete("vcam "))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("vcam ren", {"render"}),
        ("vcam run --fit ", {"cover", "contain", "stretch", "tile"}),
        ("vcam autostart ", {"on", "off", "status"}),
        ("vcam autostart o", {"on", "off"}),
        ("vcam cameras --js", {"--json"}),
        ("vcam set mirr", {"mirror="}),
        ("vcam set mirror=", {"on", "off", "toggle", "default"}),
        ("vcam set rotate=", {"0", "90", "180", "270", "default"}),
        ("vcam run --rotate ", {"0", "90", "180", "270"}),
        ("vcam set fps=25 preset=b", {"best"}),
        ("vcam set background=be", {"beach"}),
        ("vcam completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_what_can_follow_is_offered(
    typed: str, offered: set[str], complete: Complete
) -> None:
    found = set(complete(typed))
    assert offered <= found
    begun = re.split("[ =]", typed)[-1]
    assert all(each.startswith(begun) for each in found)


def test_a_file_with_a_wicked_name_is_a_name_and_no_command(complete: Complete) -> None:
    user_gallery().mkdir(parents=True)
    names = ["my cat", "$(touch pwned)", "`touch pwned`", "it's", "(touch pwned)", "a\x1bb"]
    for name in names:
        (user_gallery() / f"{name}.png").touch()
    offered = set(complete("vcam run --background "))
    assert {"my cat", "it's", "$(touch pwned)"} <= offered
    assert not [each for each in offered if "\x1b" in each]
    assert not list(Path.cwd().glob("pwned")) and not list(Path.home().glob("pwned"))


def test_a_shell_that_is_not_known_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


def test_profiles_are_offered_by_name(complete: Complete) -> None:
    profiles.save("at work", Settings())
    assert set(complete("vcam profile ")) >= {"save", "remove", "at work"}
