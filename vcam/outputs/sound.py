"""The sound of a file, written into a video while that is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.errors import PictureError
from vcam.imaging.containers import beginning, opened
from vcam.outputs.video_kinds import VideoKind
from vcam.reasons import reason
from vcam.translation import tr

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream, Packet
    from av.container import OutputContainer
    from av.filter import Graph
    from av.stream import Stream

RATE = 48000
"""Samples per second of sound that is encoded: every codec here takes it."""
AHEAD_S = 0.5
"""Seconds that sound is written ahead of the picture, so that players need not search."""
BITS_PER_CHANNEL = 80000
"""Bits per second of one channel of encoded sound."""


@dataclass
class _Track:
    """One track of sound: where it comes from, and where it goes."""

    given: "AudioStream"
    written: "AudioStream"
    copied: bool
    graph: "Graph | None" = None
    """What makes steady sound of it, once a part of it has been decoded."""
    last_dts: int | None = None


class Sound:
    """All tracks of sound of ``source``, written into ``container`` of that ``kind``.

    Each is copied as it is, or encoded where this kind cannot hold it.  What cannot be read
    is left out, and :attr:`trouble` says so.  Not even the names of tracks are copied: a
    phone writes into a file where it was recorded.
    """

    def __init__(self, source: Path, container: "OutputContainer", kind: VideoKind) -> None:
        self.trouble = ""
        self._container, self._kind = container, kind
        self._tracks: dict[int, _Track] = {}
        self._packets: Iterator[Packet[Stream]] = iter(())
        self._waiting: Packet[Stream] | None = None
        self._file = None
        try:
            self._file = opened(source)
        except PictureError as error:
            self.trouble = tr("The sound is left out: {reason}", reason=error)
            return
        given = self._file.container
        self._begun_s = beginning(source)
        for each in given.streams.audio:
            self._add(each)
        if self._tracks:
            self._packets = given.demux([track.given for track in self._tracks.values()])

    def up_to(self, time_s: float) -> None:
        """Write what is heard until then, and a little more."""
        while (packet := self._next()) is not None:
            at = packet.pts if packet.pts is not None else packet.dts
            if at is not None and self._shifted_s(packet, at) > time_s + AHEAD_S:
                self._waiting = packet
                return
            track = self._tracks[packet.stream_index]
            if track.copied:
                self._copy(packet, track)
            else:
                self._encode(packet, track)

    def close(self) -> None:
        """Close the file that the sound is read from."""
        # Going on to read after the file is closed crashes the process.
        self._packets, self._waiting = iter(()), None
        if self._file is not None:
            self._file.close()

    def _add(self, given: "AudioStream") -> None:
        from av import AudioStream

        codec = given.codec_context
        if codec is None or not given.codec_context.sample_rate:
            self._leave_out(given, tr("its codec is unknown"))
            return
        copied = codec.codec.canonical_name in self._kind.sound_kept
        if copied:
            written = self._container.add_stream_from_template(given)
        else:
            channels = min(codec.channels, 2)
            stream = self._container.add_stream(
                self._kind.sound, rate=RATE, layout="stereo" if channels == 2 else "mono"
            )
            assert isinstance(stream, AudioStream)
            written = stream
            written.bit_rate = channels * BITS_PER_CHANNEL
        language = given.metadata.get("language")
        written.metadata.clear()
        if language:
            written.metadata["language"] = language
        self._tracks[given.index] = _Track(given, written, copied)

    def _next(self) -> "Packet[Stream] | None":
        """The next packet of any track; ``None`` when all has been written."""
        import av

        if (packet := self._waiting) is not None:
            self._waiting = None
            return packet
        try:
            # Those without content only say that a track ends.
            for packet in self._packets:
                if packet.size:
                    return packet
        except av.FFmpegError as error:
            self.trouble = tr(
                "The sound is left out from a damaged place on: {reason}",
                reason=reason(error),
            )
        self._packets = iter(())
        for track in self._tracks.values():
            self._end(track)
        self._tracks = {}
        return None

    def _shifted_s(self, packet: "Packet[Stream]", at: int) -> float:
        return float(at * _fraction(packet.time_base) - self._begun_s)

    def _copy(self, packet: "Packet[Stream]", track: _Track) -> None:
        import av

        if packet.dts is None or (
            track.last_dts is not None and packet.dts <= track.last_dts
        ):
            return  # its times go back, which no container takes
        track.last_dts = packet.dts
        shift = round(self._begun_s / _fraction(packet.time_base))
        packet.dts -= shift
        packet.pts = packet.dts if packet.pts is None else packet.pts - shift
        packet.stream = track.written
        try:
            self._container.mux(packet)
        except (av.error.ArgumentError, av.error.InvalidDataError):
            self._leave_out(track.given, tr("parts of it are damaged"))

    def _encode(self, packet: "Packet[Stream]", track: _Track) -> None:
        import av

        try:
            frames = track.given.codec_context.decode(packet)
        except av.FFmpegError:
            self._leave_out(track.given, tr("parts of it are damaged"))
            return
        for frame in frames:
            self._encode_frame(frame, track)

    def _encode_frame(self, frame: "AudioFrame", track: _Track) -> None:
        if frame.pts is not None:
            base = _fraction(frame.time_base or track.given.time_base)
            frame.pts -= round(self._begun_s / base)
        if track.graph is None:
            track.graph = _steady(frame, track)
        track.graph.push(frame)
        self._mux_from_graph(track)

    def _end(self, track: _Track) -> None:
        """Write what the codecs still hold."""
        import av

        if track.copied:
            return
        try:
            frames = track.given.codec_context.decode(None)
        except av.FFmpegError:
            frames = []
        for frame in frames:
            self._encode_frame(frame, track)
        if track.graph is not None:
            track.graph.push(None)
            self._mux_from_graph(track)
            self._container.mux(track.written.encode(None))

    def _mux_from_graph(self, track: _Track) -> None:
        import av

        assert track.graph is not None
        while True:
            try:
                frame = track.graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.AudioFrame)
            self._container.mux(track.written.encode(frame))

    def _leave_out(self, given: "AudioStream", why: str) -> None:
        self.trouble = tr(
            "Sound is left out, of track {number}: {reason}",
            number=given.index + 1,
            reason=why,
        )


def _fraction(value: "Fraction | None") -> Fraction:
    """An exact number of any version of PyAV: newer ones have a type of their own."""
    assert value is not None, "every packet and frame has a unit of time"
    return Fraction(value.numerator, value.denominator)


def _steady(frame: "AudioFrame", track: _Track) -> "Graph":
    """A filter that resamples, and fills gaps and a late start with silence."""
    import av

    codec = track.written.codec_context
    graph = av.filter.Graph()
    graph.threads = 1  # before a filter is added
    given = graph.add_abuffer(
        sample_rate=frame.sample_rate,
        format=frame.format.name,
        layout=frame.layout.name,
        time_base=frame.time_base or track.given.time_base,
    )
    steady = graph.add("aresample", f"{RATE}:async=1:first_pts=0")
    wanted = graph.add(
        "aformat",
        f"sample_fmts={codec.format.name}:sample_rates={RATE}"
        f":channel_layouts={codec.layout.name}",
    )
    graph.link_nodes(given, steady, wanted, graph.add("abuffersink"))
    graph.configure()
    return graph
