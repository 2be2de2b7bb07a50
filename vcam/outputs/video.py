"""A video file.  It appears under its name only when it is complete."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from vcam import files
from vcam.errors import OutputError
from vcam.frames import Alpha, Image, Size
from vcam.outputs.encoding import PictureTrack, written_size
from vcam.outputs.files import check_place
from vcam.outputs.sound import Sound
from vcam.outputs.video_kinds import VideoKind, check_size, kind_of, options_for
from vcam.reasons import reason
from vcam.translation import quoted, tr

NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class VideoFileOutput:
    """Writes pictures into ``path``, whose suffix says the kind.

    ``fps`` is the usual rate; :meth:`show_at` gives a picture another time.  The sound of
    the file ``sound_of`` is copied, or encoded where this kind cannot hold it as it is.
    ``quality`` is one of :data:`~vcam.outputs.video_kinds.QUALITIES`, ``crf`` the codec's
    own constant rate factor.  With ``alpha`` the file is transparent as :meth:`cut_out_by`
    says.  Without :meth:`complete` nothing is left behind, and a file that was there before
    stays.
    """

    def __init__(
        self,
        path: Path,
        size: Size,
        fps: float,
        *,
        sound_of: Path | None = None,
        quality: str | None = None,
        crf: int | None = None,
        alpha: bool = False,
    ) -> None:
        check_place(path)
        kind = kind_of(path, alpha=alpha)
        options = options_for(kind, path, quality, crf)
        check_size(kind, path, size)
        files.sweep(path.parent)
        self._path, self._size, self._fps = path, size, fps
        self.written_size = written_size(size, kind)
        """The size of the file: ``size``, or one more where the kind needs it even."""
        self._next_s = 0.0
        self._alpha: Alpha | None = None
        self._left_out = ""
        self.written = 0
        """Pictures that it has been sent."""
        self._final = _final(path)
        self._part = files.unfinished(self._final, f"{os.urandom(8).hex()}.new")
        self._closing = ExitStack()
        try:
            self._make()
            with self._explained():
                self._begin(kind, options, sound_of)
        except BaseException:  # also a signal
            self.close()
            raise

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self._path)

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    @property
    def sound_trouble(self) -> str:
        """What part of the sound is left out, and why; empty if nothing is."""
        return self._left_out if self._sound is None else self._sound.trouble

    def show_at(self, time_s: float) -> None:
        """The next picture is shown at that time, and the one before until then.

        Without it, each is shown for ``1 / fps`` seconds.
        """
        self._next_s = time_s

    def cut_out_by(self, alpha: Alpha | None) -> None:
        """The next picture, of a person over black, is transparent where ``alpha`` is 0.

        ``None``, or no call: it is opaque.
        """
        self._alpha = alpha

    def send(self, image: Image) -> None:
        """Append one picture."""
        alpha, self._alpha = self._alpha, None
        if Size.of(image) != self._size:
            raise OutputError(
                tr(
                    "A picture of {size} in a video of {expected}",
                    size=Size.of(image),
                    expected=self._size,
                )
            )
        time_s, self._next_s = self._next_s, self._next_s + 1 / self._fps
        self.written += 1
        with self._explained():
            if self._sound is not None:
                self._sound.up_to(time_s)
            self._pictures.add(image, alpha, time_s)

    def complete(self, lasts_s: float = 0.0) -> None:
        """All pictures are there: put the file in its place.

        The last one is shown for ``lasts_s`` seconds, or ``1 / fps`` if that is more.
        """
        with self._explained():
            self._pictures.end(lasts_s)
            if self._sound is not None:
                self._sound.up_to(float("inf"))
            self._container.close()
            _flush_to_disk(self._part)
        try:
            files.become(self._part, self._final)
        except OSError as error:
            raise OutputError(
                tr(
                    "The video {file} cannot be replaced: {reason}",
                    file=quoted(str(self._path)),
                    reason=reason(error),
                ),
                tr("Close the program that has it open, or choose another name"),
            ) from error

    def close(self) -> None:
        """Close the file; remove it unless it was completed."""
        # Before it is closed, because what FFmpeg then adds to it would be for nothing;
        # and after it, because Windows does not remove what is open.
        self._remove()
        self._closing.close()
        self._remove()

    def _make(self) -> None:
        """Make the file: FFmpeg tells only at the first picture that it cannot."""
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | files.BINARY
            os.close(os.open(self._part, flags, files.USUAL))
        except OSError as error:
            raise _no_place(self._path, error) from error

    def _remove(self) -> None:
        with suppress(OSError):  # another program may have it open
            self._part.unlink(missing_ok=True)

    def _begin(
        self, kind: VideoKind, options: Mapping[str, str], sound_of: Path | None
    ) -> None:
        """Open the file; where its sound cannot be copied, encode it, or leave it out."""
        import av

        trouble = ""
        ways = [kind, replace(kind, sound_kept=frozenset()), replace(kind, sound="")]
        for way in ways:
            try:
                self._open(way, options, sound_of)
            except av.FFmpegError as error:
                if error.errno in NO_ROOM or self._sound is None:
                    raise
                trouble = tr("The sound is left out: {reason}", reason=reason(error))
                self._closing.close()
                continue
            if self._sound is None:
                self._left_out = trouble
            return

    def _open(
        self, kind: VideoKind, options: Mapping[str, str], sound_of: Path | None
    ) -> None:
        import av

        self._sound: Sound | None = None
        faststart = {"movflags": "+faststart"} if kind.container in ("mp4", "mov") else {}
        # By its name: to move the index to the front, FFmpeg opens the file again.  After
        # `file:` nothing in a name is taken for a protocol.
        self._container = av.open(
            f"file:{self._part}", "w", format=kind.container, options=faststart
        )
        self._closing.callback(self._close_container)
        self._pictures = PictureTrack(self._container, kind, options, self._size, self._fps)
        if sound_of is not None and kind.sound:
            self._sound = Sound(sound_of, self._container, kind)
            self._closing.callback(self._sound.close)
        self._container.start_encoding()

    def _close_container(self) -> None:
        import av

        with suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn errors of FFmpeg and of the disk into one that a user can act on."""
        import av

        try:
            yield
        except (av.FFmpegError, OSError) as error:
            if error.errno in NO_ROOM:
                why = tr("The disk is full")
                remedy = tr("Make room, or choose another place")
            elif error.errno == errno.EFBIG:
                why = tr("It is too large for this disk")
                remedy = tr("Choose another place")
            else:
                why = reason(error)
                remedy = tr("Choose another kind of file, or another place")
            raise OutputError(
                tr(
                    "The video {file} could not be written: {reason}",
                    file=quoted(str(self._path)),
                    reason=why,
                ),
                remedy,
            ) from error


def _final(path: Path) -> Path:
    """Where the file is to be: a link stays a link."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # links that lead in a circle
        raise _no_place(path, error) from error


def _no_place(path: Path, error: Exception) -> OutputError:
    return OutputError(
        tr(
            "The video {file} cannot be written: {reason}",
            file=quoted(str(path)),
            reason=reason(error),
        ),
        tr("Check the folder's permissions, or choose another"),
    )


def _flush_to_disk(path: Path) -> None:
    """A network share may tell only now that it has no room."""
    handle = os.open(path, os.O_RDWR | files.BINARY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
