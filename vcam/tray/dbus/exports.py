"""What we offer on the bus: objects with methods, properties and signals, as tables."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

from jeepney import HeaderFields, Message, new_error, new_method_return

from vcam.tray.dbus.errors import ERROR, BusError

log = logging.getLogger(__name__)

INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
PEER = "org.freedesktop.DBus.Peer"
PROPERTIES = "org.freedesktop.DBus.Properties"

Arguments = tuple[Any, ...]
Variant = tuple[str, Any]
"""A value with its D-Bus signature, as jeepney wants it."""


class Method(NamedTuple):
    """Called on the bus's thread: it is quick and never calls the bus."""

    takes: str
    """D-Bus signature of the arguments."""
    gives: str
    """D-Bus signature of the answer."""
    call: Callable[..., Arguments]
    with_sender: bool = False
    """The caller's unique name comes before the arguments."""


class Property(NamedTuple):
    """A readable property."""

    signature: str
    read: Callable[[], Any]


@dataclass(frozen=True)
class Interface:
    """One interface of an object."""

    name: str
    methods: Mapping[str, Method] = field(default_factory=dict)
    properties: Mapping[str, Property] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    """Signatures by name."""

    def values(self) -> dict[str, Variant]:
        """All properties, read now."""
        return {name: (p.signature, p.read()) for name, p in self.properties.items()}

    def describe(self) -> str:
        """As introspection XML."""
        methods = (
            f"<method name={quoteattr(name)}>"
            f"{_arguments(method.takes, 'in')}{_arguments(method.gives, 'out')}</method>"
            for name, method in self.methods.items()
        )
        properties = (
            f"<property name={quoteattr(name)} type={quoteattr(p.signature)}"
            " access='read'/>"
            for name, p in self.properties.items()
        )
        signals = (
            f"<signal name={quoteattr(name)}>{_arguments(signature)}</signal>"
            for name, signature in self.signals.items()
        )
        inside = "".join((*methods, *properties, *signals))
        return f"<interface name={quoteattr(self.name)}>{inside}</interface>"


class Objects:
    """The exported objects; answers what the bus asks them."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[str, Interface]] = {}

    def add(self, path: str, *interfaces: Interface) -> None:
        """Offer an object at ``path``."""
        self._objects[path] = {interface.name: interface for interface in interfaces}

    def answer(self, message: Message, serial: int) -> bytes:
        """Do what a method call asks for: the reply, or an error, ready to be sent."""
        try:
            signature, values = self._perform(message)
            reply = new_method_return(message, signature or None, values)
            data: bytes = reply.serialise(serial=serial)
        except BusError as error:
            data = _refusal(message, error.name, str(error), serial)
        except Exception as error:
            log.exception("a call from the bus failed")
            data = _refusal(message, ERROR + "Failed", type(error).__name__, serial)
        return data

    def _perform(self, message: Message) -> tuple[str, Arguments]:
        fields = message.header.fields
        path = fields.get(HeaderFields.path, "")
        wanted = fields.get(HeaderFields.interface)
        member = fields.get(HeaderFields.member, "")
        if wanted == PEER and member == "Ping":
            return "", ()
        if wanted == INTROSPECTABLE and member == "Introspect":
            return "s", (self._introspect(path),)
        if path not in self._objects:
            raise BusError(ERROR + "UnknownObject", f"there is nothing at {path}")
        interfaces = self._objects[path]
        if wanted == PROPERTIES:
            return _property(interfaces, member, message.body)
        for interface in interfaces.values():
            if wanted in (None, interface.name) and member in interface.methods:
                method = interface.methods[member]
                sender = fields.get(HeaderFields.sender, "")
                before = (sender,) if method.with_sender else ()
                return method.gives, method.call(*before, *message.body)
        raise BusError(ERROR + "UnknownMethod", f"{path} has no {wanted}.{member}")

    def _introspect(self, path: str) -> str:
        inside = path.rstrip("/") + "/"
        below = {
            p[len(inside) :].split("/")[0] for p in self._objects if p.startswith(inside)
        }
        parts = [interface.describe() for interface in self._objects.get(path, {}).values()]
        parts += [f'<node name="{name}"/>' for name in sorted(below)]
        return f"<node>{''.join(parts)}</node>"


def _property(
    interfaces: dict[str, Interface], member: str, arguments: Arguments
) -> tuple[str, Arguments]:
    interface = interfaces.get(arguments[0]) if arguments else None
    if interface is not None and member == "GetAll":
        return "a{sv}", (interface.values(),)
    if interface is not None and member == "Get" and arguments[1] in interface.properties:
        found = interface.properties[arguments[1]]
        return "v", ((found.signature, found.read()),)
    raise BusError(ERROR + "UnknownProperty", f"{member}{arguments}")


def _refusal(message: Message, name: str, text: str, serial: int) -> bytes:
    error: bytes = new_error(message, name, "s", (text,)).serialise(serial=serial)
    return error


def _arguments(signature: str, direction: str = "") -> str:
    where = f" direction={quoteattr(direction)}" if direction else ""
    return "".join(f"<arg type={quoteattr(one)}{where}/>" for one in split(signature))


def split(signature: str) -> list[str]:
    """The complete types of a signature: ``sa{sv}(ii)`` is ``s``, ``a{sv}``, ``(ii)``."""
    types, one, depth = [], "", 0
    for letter in signature:
        one += letter
        depth += (letter in "({") - (letter in ")}")
        if not depth and letter != "a":
            types.append(one)
            one = ""
    return types
