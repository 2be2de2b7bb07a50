"""The programs that are linked to a node, by the names that they give themselves."""

import ctypes
from collections import deque
from ctypes import c_char_p, c_int, c_size_t, c_uint32, c_void_p
from typing import Any

from vcam.pipewire.library import (
    ON_CLIENT,
    ON_GLOBAL,
    ON_REMOVED,
    ClientEvents,
    RegistryEvents,
    call,
    dictionary,
    logged,
    registry_of,
)

HOOK_BYTES = 64
"""More than a ``spa_hook`` takes."""
UNWINDING = 64
"""How many callbacks of programs that have left are kept: one may still be under way."""


class Readers:
    """Made, asked and closed while the loop of the stream is locked."""

    def __init__(self, library: ctypes.CDLL, stream: int) -> None:
        """Raises :class:`OSError` where PipeWire does not list its objects."""
        self._library, self._stream = library, stream
        self._nodes: dict[int, dict[str, str]] = {}
        self._links: dict[int, dict[str, str]] = {}
        self._clients: dict[int, dict[str, str]] = {}
        self._bound: dict[int, tuple[Any, ...]] = {}
        """The proxies of programs, each with what its callbacks need."""
        self._left: deque[tuple[Any, ...]] = deque(maxlen=UNWINDING)
        self._registry = registry_of(library.pw_stream_get_core(stream))
        self._hook = ctypes.create_string_buffer(HOOK_BYTES)
        self._events = RegistryEvents(
            0, ON_GLOBAL(logged(self._appeared)), ON_REMOVED(logged(self._removed))
        )
        call(
            self._registry,
            0,
            c_int,
            (c_void_p, ctypes.addressof(self._hook)),
            (c_void_p, ctypes.addressof(self._events)),
            (c_void_p, None),
        )

    def names(self) -> tuple[str, ...]:
        """The programs that are linked now, sorted; those without a name are left out."""
        return tuple(sorted(set(filter(None, map(self._name, self._linked())))))

    def close(self) -> None:
        """Let go of everything, before the stream is destroyed."""
        for proxy, *_ in self._bound.values():
            self._library.pw_proxy_destroy(proxy)
        self._library.pw_proxy_destroy(self._registry)

    def _linked(self) -> list[int]:
        """The numbers of the programs at the other ends of our links."""
        ours = str(self._library.pw_stream_get_node_id(self._stream))
        ends = (
            _number(link.get("link.input.node"))
            for link in self._links.values()
            if link.get("link.output.node") == ours
        )
        return [_number(self._nodes.get(end, {}).get("client.id")) for end in ends]

    def _name(self, client: int) -> str:
        says = self._clients.get(client, {})
        return says.get("application.name") or says.get("application.process.binary", "")

    def _appeared(
        self, _: Any, number: int, permissions: int, kind: bytes, version: int, about: Any
    ) -> None:
        if kind == b"PipeWire:Interface:Node":
            self._nodes[number] = dictionary(about)
        elif kind == b"PipeWire:Interface:Client":
            self._clients[number] = dictionary(about)
        elif kind == b"PipeWire:Interface:Link":
            self._links[number] = dictionary(about)
            for client in self._linked():
                self._ask(client)

    def _ask(self, client: int) -> None:
        """Have a program's properties sent: those in the list lack its name."""
        if client in self._bound or client not in self._clients:
            return

        def told(_: Any, info: Any) -> None:
            if info.contents.properties:
                self._clients[client] = dictionary(info.contents.properties)

        proxy = call(
            self._registry,
            1,
            c_void_p,
            (c_uint32, client),
            (c_char_p, b"PipeWire:Interface:Client"),
            (c_uint32, 3),
            (c_size_t, 0),
        )
        if not proxy:
            return
        hook = ctypes.create_string_buffer(HOOK_BYTES)
        events = ClientEvents(0, ON_CLIENT(logged(told)), None)
        self._bound[client] = proxy, hook, events
        self._library.pw_proxy_add_object_listener(
            proxy, ctypes.addressof(hook), ctypes.addressof(events), None
        )

    def _removed(self, _: Any, number: int) -> None:
        self._links.pop(number, None)
        self._nodes.pop(number, None)
        self._clients.pop(number, None)
        if bound := self._bound.pop(number, None):
            self._library.pw_proxy_destroy(bound[0])
            self._left.append(bound)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else -1
