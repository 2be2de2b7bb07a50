"""The sound of a video file: OpenCV leaves it out; ffmpeg, where installed, copies it."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from vcam import files
from vcam.errors import OutputError

LONGEST_S = 600.0
"""Longest time that ffmpeg may take; an hour of sound is copied in a second, or encoded
in a minute."""


def add_sound(video: Path, source: Path) -> None:
    """Give ``video``, which has none, the sound of ``source``, if that has any.

    It is copied as it is or, where this kind of file cannot hold it, encoded anew.  Raises
    :class:`~vcam.errors.OutputError` when it cannot be; ``video`` is then as it was.
    """
    ffmpeg = shutil.which("ffmpeg")
    # On Windows ``which`` also searches the current folder.
    if ffmpeg is None or not Path(ffmpeg).is_absolute():
        raise OutputError(
            "The sound, if there is any, is left out: that needs ffmpeg", "Install it"
        )
    given = _input(source)
    if _complaint([ffmpeg, *given, *("-map", "0:a:0", "-c", "copy", "-f", "null", "-")]):
        return  # no sound
    part = files.unfinished(video, f"sound{video.suffix}")
    streams = [*_input(video), *given, *("-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy")]
    try:
        complaint = ""
        for way in (["-c:a", "copy"], []):
            complaint = _complaint([ffmpeg, *streams, *way, "-y", f"file:{part}"])
            if not complaint:
                part.replace(video)
                return
        raise OutputError(f"The sound cannot be copied: {complaint}")
    finally:
        part.unlink(missing_ok=True)


def _input(path: Path) -> list[str]:
    # A playlist may name any address; only files are opened.
    return ["-protocol_whitelist", "file", "-i", f"file:{path}"]


def _complaint(command: Sequence[str]) -> str:
    """The first line of ffmpeg's error; empty when it succeeded."""
    try:
        done = subprocess.run(
            [command[0], "-nostdin", "-v", "error", *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    said = done.stderr.decode(errors="replace").strip() or f"it ends with {done.returncode}"
    return said.splitlines()[0]
