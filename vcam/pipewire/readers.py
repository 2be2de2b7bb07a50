"""The programs that are linked to a node, by the names that they give themselves."""

from typing import Any

from vcam.pipewire import registry
from vcam.pipewire.library import dictionary, load, logged
from vcam.pipewire.registry import Registry
from vcam.pipewire.structures import ON_CLIENT, ClientEvents


class Readers:
    """Made, asked and closed while the loop of the stream is locked."""

    def __init__(self, stream: int) -> None:
        """Raises :class:`OSError` where PipeWire does not list its objects."""
        self._stream = stream
        self._nodes: dict[int, dict[str, str]] = {}
        self._links: dict[int, dict[str, str]] = {}
        self._clients: dict[int, dict[str, str]] = {}
        self._registry = Registry(
            load().pw_stream_get_core(stream), self._appeared, self._removed
        )

    def names(self) -> tuple[str, ...]:
        """The programs that are linked now, sorted; those without a name are left out."""
        return tuple(sorted(set(filter(None, map(self._name, self._linked())))))

    def close(self) -> None:
        """Let go of everything, before the stream is destroyed."""
        self._registry.close()

    def _linked(self) -> list[int]:
        """The numbers of the programs at the other ends of our links."""
        ours = str(load().pw_stream_get_node_id(self._stream))
        ends = (
            _number(link.get("link.input.node"))
            for link in self._links.values()
            if link.get("link.output.node") == ours
        )
        return [_number(self._nodes.get(end, {}).get("client.id")) for end in ends]

    def _name(self, client: int) -> str:
        says = self._clients.get(client, {})
        return says.get("application.name") or says.get("application.process.binary", "")

    def _appeared(self, number: int, kind: bytes, about: dict[str, str]) -> None:
        if kind == registry.NODE:
            self._nodes[number] = about
        elif kind == registry.CLIENT:
            self._clients[number] = about
        elif kind == registry.LINK:
            self._links[number] = about
            for client in self._linked():
                self._ask(client)

    def _ask(self, client: int) -> None:
        """Have a program's properties sent: those in the list lack its name."""
        if client not in self._clients:
            return

        def told(_: Any, info: Any) -> None:
            if properties := dictionary(info.contents.properties):
                self._clients[client] = properties

        events = ClientEvents(0, ON_CLIENT(logged(told)), None)
        self._registry.ask(client, registry.CLIENT, events)

    def _removed(self, number: int) -> None:
        self._links.pop(number, None)
        self._nodes.pop(number, None)
        self._clients.pop(number, None)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else -1
