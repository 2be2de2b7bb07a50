"""Opens files in every way that vcam does, and tells what became of each.

A program, so that a crash of native code, or a hang, ends nobody else: it reads paths from
standard input, in JSON, one a line, and answers a line when it begins with a file, and one
when it is done with it.
"""

import gc
import json
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from files_films import KR_KB, measured

from vcam.backgrounds.choosing import choose, of_file
from vcam.backgrounds.thumbnails import thumbnail
from vcam.errors import VcamError
from vcam.frames import Alpha, Frame, Image, Size
from vcam.sources import frames_of
from vcam.sources.opening import open_file, open_source

FRAMES = 40
"""The most frames that are read of one file."""
SIZE = Size(96, 64)
BLOCKS = [kilobytes * 1024 for kilobytes in range(160, 3, -4)]
"""Bytes of blocks that fill every gap in free memory, planes and pictures of most films."""
LEFT = (0x55, 0x99)
"""What is left in memory: no colour of the films, read as RGB or as luma and chroma."""
CPU_S = 5.0
LONGEST_S = 1e6
GROWTH_MB = 900
"""An honest limit: a picture of 8192x8192 takes 200 MB, and is decoded and converted."""


def checked(image: Image, size: Size) -> str:
    if image.dtype != np.uint8 or image.shape != (size.height, size.width, 3):
        return f"a frame of {image.dtype} {image.shape} where {size} was stated"
    return ""


def left_in_memory(value: int) -> None:
    """Fill memory that is free with ``value``: what nobody writes afterwards shows it."""
    blocks = [np.full(size, value, np.uint8) for size in BLOCKS for _ in range(4)]
    del blocks


def as_source(path: Path, found: dict[str, Any]) -> str:
    seen: list[list[Image]] = []
    problem = ""
    for value in LEFT:
        left_in_memory(value)
        seen.append([])
        problem = problem or read(path, found, seen[-1])
    if not problem and any(map(remembered, *seen)):
        problem = "its pictures show what was in memory before"
    return problem


def remembered(once: Image, again: Image) -> bool:
    """Whether two pictures, decoded in differently filled memory, show the fillings.

    Damaged pictures may also differ because decoders repeat old frames of the same film,
    now this one and now that.
    """
    if once.shape != again.shape:
        return False
    different = (once != again).any(-1)
    if not different.any():
        return False
    both = zip((once, again), LEFT, strict=True)
    shown = [
        np.logical_or.reduce(
            [np.abs(image[different].astype(int) - colour).max(-1) <= 3 for colour in each]
        )
        for image, each in ((image, colours_of(value)) for image, value in both)
    ]
    return bool((shown[0] & shown[1]).mean() > 0.02)


def colours_of(value: int) -> list[Any]:
    """What memory full of ``value`` looks like in BGR: as it is, or as luma and chroma."""
    found: list[Any] = [np.full(3, value)]
    for kr, kb in KR_KB.values():
        for luma, chroma in (
            ((value - 16) / 219, (value - 128) / 224),
            (value / 255, (value - 128) / 255),
        ):
            red, blue = luma + 2 * (1 - kr) * chroma, luma + 2 * (1 - kb) * chroma
            green = (luma - kr * red - kb * blue) / (1 - kr - kb)
            found.append(np.clip(np.array([blue, green, red]) * 255, 0, 255))
    return found


def read(path: Path, found: dict[str, Any], seen: list[Image]) -> str:
    source = open_file(path)
    try:
        for number, frame in enumerate(frames_of(source)):
            seen.append(frame.image)
            problem = checked(frame.image, source.size)
            if problem:
                return problem
            if not number:
                found["first"] = patches(frame.image)
                found["size"] = list(source.size)
            if not 0 <= frame.captured_s < LONGEST_S or not 0 <= frame.lasts_s < LONGEST_S:
                return f"frame {number} at {frame.captured_s} s for {frame.lasts_s} s"
            if number >= FRAMES:
                break
        if "first" not in found:
            return "it was opened, and has no frame"
        if not np.isfinite(source.fps) or not source.fps > 0 or source.frame_count < 0:
            return f"{source.fps} fps, {source.frame_count} frames"
    finally:
        source.close()
    return ""


def as_camera(path: Path, found: dict[str, Any]) -> str:
    source = open_source(str(path), SIZE, 30.0)
    try:
        frame = source.read(1.0)
        return checked(frame.image, source.size) if frame is not None else ""
    finally:
        source.close()


def as_background(path: Path, found: dict[str, Any]) -> str:
    painter = of_file(path).open(SIZE)
    try:
        black = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
        alpha: Alpha = np.zeros((SIZE.height, SIZE.width), np.uint8)
        for number in range(3):
            image = painter.paint(Frame(black, number, number / 10, live=False), alpha)
            problem = checked(image, SIZE)
            if problem:
                return problem
    finally:
        painter.close()
    return ""


def as_word(path: Path, found: dict[str, Any]) -> str:
    choose(str(path))
    return ""


def as_thumbnail(path: Path, found: dict[str, Any]) -> str:
    thumbnail(path)
    return ""


WAYS = (as_source, as_camera, as_background, as_word, as_thumbnail)


def patches(image: Image) -> list[list[list[float]]]:
    if min(image.shape[:2]) < 32:
        return []
    return measured(image, 2, 4).tolist()  # type: ignore[no-any-return]


def look(path: Path, here: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"told": [], "problems": []}
    before = left_over(here)
    for way in WAYS:
        begun_s, begun_mb = time.process_time(), resident_mb()
        try:
            problem = way(path, found)
        except VcamError as error:
            problem = ""
            found["told"].append(f"{way.__name__}: {type(error).__name__}: {error}")
            if not error.what or not error.remedy:
                problem = f"no remedy: {error}"
            if "\n" in str(error) or not str(error).isprintable():
                problem = f"not one printable line: {error!r}"
        except Exception as error:  # whatever it is, it is the finding
            problem = f"{type(error).__name__}: {error}"
        took_s, grew_mb = time.process_time() - begun_s, resident_mb() - begun_mb
        if took_s > CPU_S:
            problem = problem or f"{took_s:.1f} s of processor time"
        if grew_mb > GROWTH_MB:
            problem = problem or f"{grew_mb:.0f} MB more memory"
        if problem:
            found["problems"].append(f"{way.__name__}: {problem}")
    gc.collect()
    after = left_over(here)
    if after != before:
        found["problems"].append(f"left over: {after} instead of {before}")
    return found


def resident_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def left_over(here: Path) -> tuple[int, list[str], list[str]]:
    """Open descriptors, threads, and files in the folder for temporary ones."""
    threads = sorted(each.name for each in threading.enumerate())
    return (
        len([*Path("/proc/self/fd").iterdir()]),
        threads,
        sorted(map(str, here.iterdir())),
    )


def main() -> None:
    """Answer until standard input ends."""
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        os.environ["TMPDIR"] = folder
        import cv2  # what is loaded only once is not left over

        import vcam.imaging.pictures
        import vcam.imaging.videos  # noqa: F401

        cv2.setNumThreads(1)
        for line in sys.stdin:
            path = os.fsdecode(bytes.fromhex(line.strip()))
            print("begin", flush=True)
            print(json.dumps(look(Path(path), Path(folder))), flush=True)


if __name__ == "__main__":
    main()
