"""The cameras that PipeWire lists."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vcam.pipewire import formats, pods, registry
from vcam.pipewire.connection import Connection
from vcam.pipewire.formats import Offer
from vcam.pipewire.library import call, dictionary, locked, logged
from vcam.pipewire.node import API as OURS
from vcam.pipewire.registry import Registry
from vcam.pipewire.structures import ON_NODE, ON_NODE_PARAMETER, NodeEvents

SETTLE_S = 2.0
"""Seconds within which a daemon answers."""
ENUM_PARAMS = 2
"""The method of a node that lists what it can do."""


@dataclass(frozen=True, slots=True)
class CameraNode:
    """A camera that PipeWire lists, whether or not it is in use."""

    name: str
    """What PipeWire calls it; the same after it was plugged in again."""
    about: dict[str, str]
    """Its properties."""
    offers: tuple[Offer, ...]
    """What it can do; empty while it does not say."""

    @property
    def title(self) -> str:
        """What programs call it."""
        about = self.about
        return about.get("node.description") or about.get("node.nick") or self.name


@dataclass(slots=True)
class _Seen:
    about: dict[str, str]
    offers: list[Offer] = field(default_factory=list)
    told: bool = False
    """Whether all its properties are known."""


class Cameras:
    """The list, kept up to date from the constructor to :meth:`close`; used by one thread.

    vcam's own node is not in it.
    """

    def __init__(
        self,
        linked: Callable[[int, int], None] | None = None,
        *,
        realtime: bool = False,
    ) -> None:
        """Connect; raises :class:`OSError` where there is no daemon.

        ``linked`` is told of each link, by the numbers of the nodes that give and take, on
        the library's thread.  ``realtime`` is for streams on this connection.
        """
        self._linked = linked
        self._seen: dict[int, _Seen] = {}
        self._registry: Registry | None = None
        self.connection = Connection(realtime=realtime)
        try:
            with locked(self.connection.loop):
                self._registry = Registry(
                    self.connection.core, self._appeared, self._removed
                )
        except BaseException:
            self.close()  # or the library calls back into what is gone
            raise

    @property
    def lost(self) -> bool:
        """Whether the daemon has gone."""
        return self.connection.lost

    def settle(self) -> bool:
        """Wait until all that is there has told what it is; False if it does not."""
        # The list itself, and then what was asked while it came.
        return all(self.connection.settle(SETTLE_S) for _ in range(2))

    def now(self) -> dict[int, CameraNode]:
        """The cameras by the number that the daemon gave each; any thread."""
        return {
            number: CameraNode(seen.about["node.name"], seen.about, tuple(seen.offers))
            for number, seen in sorted(self._seen.copy().items())
            if seen.told and seen.about.get("node.name") and _is_camera(seen.about)
        }

    def close(self) -> None:
        """Disconnect."""
        if self._registry is not None:
            with locked(self.connection.loop):
                self._registry.close()
            self._registry = None
        self.connection.close()

    # From here on: only the library's thread, which has locked the loop.

    def _appeared(self, number: int, kind: bytes, about: dict[str, str]) -> None:
        if kind == registry.LINK and self._linked is not None:
            ends = about.get("link.output.node", ""), about.get("link.input.node", "")
            if all(end.isdecimal() for end in ends):
                self._linked(int(ends[0]), int(ends[1]))
        if kind == registry.NODE and about.get("media.class") == "Video/Source":
            self._ask(number, about)

    def _ask(self, number: int, about: dict[str, str]) -> None:
        seen = self._seen[number] = _Seen(about)

        def told(_: Any, info: Any) -> None:
            # Changes of other things come with no properties, or with an empty list.
            if properties := dictionary(info.contents.properties):
                seen.about, seen.told = properties, True

        def offered(
            _: Any, asked: int, kind: int, index: int, following: int, address: int | None
        ) -> None:
            if kind == pods.ENUM_FORMAT and address:
                seen.offers += formats.offers_in(address)

        assert self._registry is not None
        events = NodeEvents(0, ON_NODE(logged(told)), ON_NODE_PARAMETER(logged(offered)))
        if proxy := self._registry.ask(number, registry.NODE, events):
            arguments = (0, pods.ENUM_FORMAT, 0, 0xFFFFFFFF)
            call(
                proxy,
                ENUM_PARAMS,
                ctypes.c_int,
                (ctypes.c_int, arguments[0]),
                *((ctypes.c_uint32, each) for each in arguments[1:]),
                (ctypes.c_void_p, None),
            )

    def _removed(self, number: int) -> None:
        self._seen.pop(number, None)


def _is_camera(about: dict[str, str]) -> bool:
    return about.get("media.role") == "Camera" and about.get("device.api") != OURS
