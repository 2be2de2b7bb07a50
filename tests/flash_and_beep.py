"""Videos that flash and beep at known moments, and when other files do so."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

MOMENTS_S = (0.6, 1.5)
LASTS_S = 0.1
LENGTH_S = 2.0
RATE = 48000


def picture_times() -> list[float]:
    """Uneven, as telephones and screen recorders write them: 60 to 10 a second."""
    times, step_s = [0.0], 0.0
    while times[-1] < LENGTH_S:
        step_s = {0.016: 0.033, 0.033: 0.1}.get(step_s, 0.016)
        times.append(round(times[-1] + step_s, 3))
    return sorted({*times, *MOMENTS_S, *(moment + LASTS_S for moment in MOMENTS_S)})


def is_flash(time_s: float) -> bool:
    return any(0 <= time_s - moment < LASTS_S - 1e-6 for moment in MOMENTS_S)


def write(path: Path, sound: str = "aac", late_s: float = 0.0, tracks: int = 1) -> Path:
    """The sound begins ``late_s`` after the picture, and beeps with its flashes."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=30)
        assert isinstance(pictures, av.VideoStream)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 36, "yuv420p"
        pictures.codec_context.time_base = Fraction(1, 1000)
        sounds = []
        for _ in range(tracks):
            stream = container.add_stream(sound, rate=RATE, layout="mono")
            assert isinstance(stream, av.AudioStream)
            sounds.append(stream)
        sounds[0].metadata["language"] = "deu"
        sounds[0].metadata["title"] = "At home"
        container.metadata["title"] = "At home"
        container.metadata["location"] = "+52.5200+013.4050/"
        for time_s in picture_times():
            shade = 255 if is_flash(time_s) else 20
            frame = av.VideoFrame.from_ndarray(
                np.full((36, 64, 3), shade, np.uint8), "bgr24"
            )
            frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        for stream in sounds:
            for chunk in range(int((LENGTH_S - late_s) * RATE) // 1024):
                first = round(late_s * RATE) + chunk * 1024
                times = (first + np.arange(1024)) / RATE
                loud = np.zeros(1024, bool)
                for moment in MOMENTS_S:
                    loud |= (times >= moment) & (times < moment + LASTS_S)
                wave = np.where(loud, 12000 * np.sin(6283 * times), 0).astype(np.int16)
                heard = av.AudioFrame.from_ndarray(wave[np.newaxis], "s16", "mono")
                heard.sample_rate, heard.pts = RATE, first
                heard.time_base = Fraction(1, RATE)
                container.mux(stream.encode(heard))
            container.mux(stream.encode(None))
    return path


def flashes(path: Path) -> list[float]:
    """When it flashes, in seconds from the file's beginning."""
    found: list[float] = []
    before = 0.0
    with av.open(str(path)) as container:
        begun_s = (container.start_time or 0) / 1e6
        for frame in container.decode(video=0):
            assert frame.time is not None
            bright = float(frame.to_ndarray(format="gray").mean())
            if bright > 150 >= before:
                found.append(frame.time - begun_s)
            before = bright
    return found


def beeps(path: Path, track: int = 0) -> list[float]:
    """When it beeps, in seconds from the file's beginning."""
    found: list[float] = []
    until_s = -1.0
    with av.open(str(path)) as container:
        begun_s = (container.start_time or 0) / 1e6
        resampler = av.AudioResampler("flt", "mono", 8000)
        for frame in container.decode(audio=track):
            for heard in resampler.resample(frame):
                assert heard.time is not None
                for place in np.flatnonzero(np.abs(heard.to_ndarray()[0]) > 0.03):
                    at_s = heard.time - begun_s + float(place) / 8000
                    if at_s > until_s:
                        found.append(at_s)
                    until_s = at_s + 0.3
    return found
