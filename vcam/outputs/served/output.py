"""An output that programs of this user read by HTTP: OBS's browser or media source."""

import cv2

from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.local import peers
from vcam.local.channel import LOOPBACK
from vcam.outputs import check_picture
from vcam.outputs.served.server import Server
from vcam.outputs.served.token import forget_token, kept_token
from vcam.outputs.viewers import Viewers
from vcam.translation import tr

QUALITY = 90
"""Of the JPEG pictures, up to 100."""


class Served:
    """The picture at an address of this machine; a :class:`~vcam.outputs.WatchedOutput`."""

    def __init__(self, size: Size, port: int) -> None:
        """Serve pictures of ``size`` at ``port``; 0 takes a free one.

        Raises :class:`~vcam.errors.OutputError` when that is not possible.
        """
        self._size, self._token = size, kept_token()
        try:
            self._server = Server(port, self._token)
        except OSError as error:
            if not peers.KNOWN:
                # Who listens there is perhaps another user, whom OBS has told the token.
                forget_token()
            raise OutputError(
                tr(
                    "The picture cannot be served at port {port}: {why}",
                    port=port,
                    why=error.strerror or error,
                ),
                tr(
                    "End the program that uses it, or choose another port: "
                    "`vcam set serve=PORT`"
                ),
            ) from error

    @property
    def name(self) -> str:
        """For example ``the picture at 127.0.0.1:8226``; without the token."""
        return tr("the picture at {where}", where=f"{LOOPBACK}:{self._server.port}")

    @property
    def address(self) -> str:
        """What a program is given, with the token."""
        return f"http://{LOOPBACK}:{self._server.port}/{self._token}/"

    @property
    def size(self) -> Size:
        """The size it was opened with."""
        return self._size

    def send(self, image: Image) -> None:
        """Publish one picture; it is encoded only if somebody takes it."""
        if self._server.ended:
            raise OutputError(
                tr("{name} is not served any more", name=self.name),
                tr("See the log of vcam for details"),
            )
        check_picture(self, image)
        if takers := self._server.takers():
            quality = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
            done, jpeg = cv2.imencode(".jpg", image, quality)
            if not done:
                raise OutputError(tr("{name} takes no such picture", name=self.name))
            self._server.show(jpeg.tobytes(), takers)

    def viewers(self) -> Viewers:
        """The programs that read it; exact, but for their names, which they choose."""
        programs = self._server.readers
        if not all(programs):
            return Viewers(True, None)
        return Viewers(bool(programs), tuple(sorted(set(programs))))

    def close(self) -> None:
        """Serve it no more."""
        self._server.close()
