"""Desktop entries: the files that describe programs to Linux desktops.

By the Desktop Entry Specification an ``Exec`` line is quoted twice: first each argument in
double quotes, with a backslash before quotes, backticks, dollars and backslashes; then the
whole line like any text of the file, where a backslash is doubled.  ``%`` is doubled,
because it starts a field code.
"""

import re
from collections.abc import Sequence

from vcam.errors import UsageError
from vcam.translation import in_every_language, quoted, tr, translatable

RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
"""Characters that require an argument to be quoted."""
GROUP = "[Desktop Entry]"
"""The header of the group with the entry's keys."""
SWITCHES = ("Hidden", "X-GNOME-Autostart-enabled")
"""The keys that switch an autostart entry off and on."""
MARK = "# Written by vcam."
"""The first line of entries that vcam has written."""
SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')
"""The start of a command that runs a program by a path that ``Exec`` cannot hold."""
SHOWN = {
    "GenericName": translatable("Virtual Background Camera"),
    "Comment": translatable("Be anywhere, from your own webcam"),
}
"""What desktops show beside the name."""
KEYWORDS = translatable("webcam;camera;background;blur;call;meeting;")
"""What it is found by in a launcher."""
TEXT_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\r": "\\r"}
"""Escape sequences for text values."""


def entry(command: Sequence[str], *, autostart: bool = False) -> str:
    """The entry that starts ``command``; raises like :func:`plain`.

    Only the launcher's has all languages: an autostart entry is recognised by its text,
    whatever languages another version of vcam has.
    """
    lines = [
        MARK,
        GROUP,
        "Type=Application",
        "Version=1.0",
        "Name=vcam",
        *(f"{key}={text}" for key, text in SHOWN.items()),
        f"Exec={exec_line(command)}",
        # Desktops ignore an entry whose program was uninstalled, without an error.
        f"TryExec={_as_text(command[0])}",
        "Icon=vcam",
        "Terminal=false",
        "StartupNotify=false",
    ]
    if autostart:
        lines += ["X-GNOME-Autostart-enabled=true"]
    else:
        lines += ["Categories=AudioVideo;Video;", f"Keywords={KEYWORDS}"]
        lines += [
            f"{key}[{language}]={_as_text(translated)}"
            for key, text in {**SHOWN, "Keywords": KEYWORDS}.items()
            for language, translated in in_every_language(text).items()
        ]
    return "\n".join([*lines, ""])


def exec_line(command: Sequence[str]) -> str:
    """The value of ``Exec``."""
    return _as_text(" ".join(_quoted(word.replace("%", "%%")) for word in plain(command)))


def is_ours(text: str) -> bool:
    """Whether the entry was written by vcam."""
    return text.startswith(MARK)


def generated(text: str) -> bool:
    """Whether an autostart entry is as :func:`entry` makes it, switched on or off."""
    command = words(values(text).get("Exec", ""))
    if not command:
        return False
    try:
        ours = entry(command, autostart=True)
    except UsageError:
        return False
    return _without_switches(text) == _without_switches(ours)


def enabled(text: str) -> bool:
    """Whether desktops start this autostart entry."""
    found = {key: value.lower() for key, value in values(text).items()}
    hidden, allowed = (found.get(key) for key in SWITCHES)
    return hidden != "true" and allowed != "false"


def switched(text: str, on: bool) -> str:
    """The autostart entry, switched on or off."""
    off = [] if on else ["Hidden=true"]
    return "\n".join(
        part
        for line in _without_switches(text).split("\n")
        for part in ([line, *off] if line.strip() == GROUP else [line])
    )


def _without_switches(text: str) -> str:
    """The entry without the keys that switch it."""
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
    """The command with a program path that every desktop and systemd accept.

    The specification forbids ``=``, GLib looks for the program before it reads ``%%``, and
    systemd refuses quotation marks.  Such a path is passed to a shell as an argument.
    Raises :class:`~vcam.errors.UsageError` for what a text file cannot hold.
    """
    for word in command:
        if "\n" in word or word.encode(errors="ignore").decode() != word:
            raise UsageError(
                tr(
                    "{file} cannot be started at login because of its name",
                    file=quoted(word),
                ),
                tr("Install vcam in a folder with another name"),
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
