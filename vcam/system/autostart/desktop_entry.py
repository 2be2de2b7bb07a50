"""Desktop entries: the files by which Linux desktops know programs.

An ``Exec`` line is quoted twice, by the rules of the Desktop Entry Specification: each
argument in double quotes with a backslash before quotes, backticks, dollars and
backslashes, and then the whole line as any text of the file is, where a backslash is two.
``%`` is doubled: alone it begins a field code.
"""

import re
from collections.abc import Sequence

from vcam.errors import UsageError

RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
GROUP = "[Desktop Entry]"
SWITCHES = ("Hidden", "X-GNOME-Autostart-enabled")
MARK = "# Written by vcam."
SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')
TEXT_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\r": "\\r"}


def entry(command: Sequence[str], *, autostart: bool = False) -> str:
    """The entry that starts ``command``; for errors see :func:`plain`."""
    lines = [
        MARK,
        GROUP,
        "Type=Application",
        "Version=1.0",
        "Name=vcam",
        "GenericName=Virtual Background Camera",
        "Comment=Be anywhere, from your own webcam",
        f"Exec={exec_line(command)}",
        # An entry whose program has been uninstalled is passed over, without an error.
        f"TryExec={_as_text(command[0])}",
        "Icon=vcam",
        "Terminal=false",
        "StartupNotify=false",
    ]
    if autostart:
        lines += ["X-GNOME-Autostart-enabled=true"]
    else:
        lines += [
            "Categories=AudioVideo;Video;",
            "Keywords=webcam;camera;background;blur;call;meeting;",
        ]
    return "\n".join([*lines, ""])


def exec_line(command: Sequence[str]) -> str:
    """The value of ``Exec``."""
    return _as_text(" ".join(_quoted(word.replace("%", "%%")) for word in plain(command)))


def is_ours(text: str) -> bool:
    """Whether a vcam has written the entry."""
    return text.startswith(MARK)


def generated(text: str) -> bool:
    """Whether an autostart entry is as :func:`entry` makes it, switched on or off."""
    command = words(values(text).get("Exec", ""))
    try:
        return bool(command) and _plain(text) == _plain(entry(command, autostart=True))
    except UsageError:
        return False


def enabled(text: str) -> bool:
    """Whether desktops start an autostart entry, as they and :func:`switched` note it."""
    found = {key: value.lower() for key, value in values(text).items()}
    hidden, allowed = (found.get(key) for key in SWITCHES)
    return hidden != "true" and allowed != "false"


def switched(text: str, on: bool) -> str:
    """The same autostart entry, switched on or off."""
    off = [] if on else ["Hidden=true"]
    return "\n".join(
        part
        for line in _plain(text).split("\n")
        for part in ([line, *off] if line.strip() == GROUP else [line])
    )


def _plain(text: str) -> str:
    """Without what switches it."""
    kept = [
        line for line in text.split("\n") if line.partition("=")[0].strip() not in SWITCHES
    ]
    return "\n".join(kept)


def values(text: str) -> dict[str, str]:
    """The keys of the group ``Desktop Entry``, unescaped."""
    found: dict[str, str] = {}
    group = ""
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if line.startswith("["):
            group = line.strip()
        elif equals and group == GROUP and not line.startswith("#"):
            found[key.strip()] = _from_text(value.strip())
    return found


def words(line: str) -> tuple[str, ...]:
    """The command in the value of an ``Exec``: the inverse of :func:`exec_line`."""
    pattern = r'"((?:[^"\\]|\\.)*)"|([^\s"]+)'
    found = tuple(
        re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
        if match[1] is not None
        else match[2]
        for match in re.finditer(pattern, line, re.DOTALL)
    )
    command = tuple(word.replace("%%", "%") for word in found)
    return command[len(SHELL) :] if command[: len(SHELL)] == SHELL else command


def plain(command: Sequence[str]) -> tuple[str, ...]:
    """The same command with a program whose path every desktop and systemd take.

    The specification forbids ``=``, GLib looks for the program before it reads ``%%``, and
    systemd refuses quotation marks.  A shell is handed such a path as an argument.
    Raises :class:`~vcam.errors.UsageError` for what no text file can hold.
    """
    for word in command:
        if "\n" in word or word.encode(errors="ignore").decode() != word:
            raise UsageError(
                f"{word!r} cannot be started at login because of its name",
                "Install vcam in a folder with another name",
            )
    return (*SHELL, *command) if set(command[0]) & set("=%\"'\\") else tuple(command)


def _quoted(word: str) -> str:
    if word and not RESERVED & set(word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'


def _as_text(value: str) -> str:
    return "".join(TEXT_ESCAPES.get(character, character) for character in value)


def _from_text(value: str) -> str:
    meant = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    return re.sub(r"\\(.)", lambda match: meant.get(match[1], match[0]), value)
