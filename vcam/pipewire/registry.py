"""The list of all objects of PipeWire: what comes, what goes, what each says of itself."""

import ctypes
from collections import deque
from collections.abc import Callable
from ctypes import Structure, c_char_p, c_int, c_size_t, c_uint32, c_void_p
from typing import Any

from vcam.pipewire.library import HOOK_BYTES, call, dictionary, load, logged
from vcam.pipewire.structures import ON_GLOBAL, ON_REMOVED, RegistryEvents
from vcam.translation import tr

CLIENT = b"PipeWire:Interface:Client"
LINK = b"PipeWire:Interface:Link"
NODE = b"PipeWire:Interface:Node"
"""Kinds of objects."""
UNWINDING = 64
"""How many callbacks of what has left are kept: one may still be under way."""


class Registry:
    """Made, used and closed while the loop of its core is locked."""

    def __init__(
        self,
        core: int,
        appeared: Callable[[int, bytes, dict[str, str]], None],
        removed: Callable[[int], None],
    ) -> None:
        """Report each object by number, kind and properties, on the library's thread.

        Raises :class:`OSError` where PipeWire does not list its objects.
        """
        self._appeared, self._removed = appeared, removed
        self._bound: dict[int, tuple[Any, ...]] = {}
        """Their proxies, each with what its callbacks need."""
        self._left: deque[tuple[Any, ...]] = deque(maxlen=UNWINDING)
        self._proxy: int | None = call(core, 5, c_void_p, (c_uint32, 3), (c_size_t, 0))
        if not self._proxy:
            raise OSError(tr("PipeWire does not list its objects"))
        self._hook = ctypes.create_string_buffer(HOOK_BYTES)
        self._events = RegistryEvents(
            0, ON_GLOBAL(logged(self._on_global)), ON_REMOVED(logged(self._on_removed))
        )
        call(
            self._proxy,
            0,
            c_int,
            (c_void_p, ctypes.addressof(self._hook)),
            (c_void_p, ctypes.addressof(self._events)),
            (c_void_p, None),
        )

    def ask(self, number: int, kind: bytes, events: Structure) -> int | None:
        """Have an object report to ``events`` until it is removed; gives its proxy."""
        if number in self._bound:
            return None
        proxy: int | None = call(
            self._proxy or 0,
            1,
            c_void_p,
            (c_uint32, number),
            (c_char_p, kind),
            (c_uint32, 3),
            (c_size_t, 0),
        )
        if not proxy:
            return None
        hook = ctypes.create_string_buffer(HOOK_BYTES)
        self._bound[number] = proxy, hook, events
        load().pw_proxy_add_object_listener(
            proxy, ctypes.addressof(hook), ctypes.addressof(events), None
        )
        return proxy

    def close(self) -> None:
        """Let go of everything, before the core is."""
        for proxy, *_ in self._bound.values():
            load().pw_proxy_destroy(proxy)
        load().pw_proxy_destroy(self._proxy)

    def _on_global(
        self, _: Any, number: int, permissions: int, kind: bytes, version: int, about: Any
    ) -> None:
        self._appeared(number, kind, dictionary(about))

    def _on_removed(self, _: Any, number: int) -> None:
        self._removed(number)
        if bound := self._bound.pop(number, None):
            load().pw_proxy_destroy(bound[0])
            self._left.append(bound)
