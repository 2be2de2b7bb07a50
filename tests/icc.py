"""Colour profiles, made number by number, so that the right result can be computed."""

import struct
from itertools import product

D50 = (0.9642, 1.0, 0.8249)
P3 = (
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)
"""Display P3: red, green and blue in XYZ, adapted to D50."""
ADOBE = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
"""Adobe RGB (1998), likewise."""
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _curve(*numbers: float) -> bytes:
    kind = {1: 0, 5: 3}[len(numbers)]
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(_fixed, numbers))


def _profile(device: bytes, space: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"wtpt": _xyz(D50), **tags}
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I", at + len(body)) + bytes(4) + b"\4\0\0\0" + device + space + pcs
    head = head.ljust(36, b"\0") + b"acsp"
    head = head.ljust(68, b"\0") + b"".join(map(_fixed, D50))
    return head.ljust(128, b"\0") + table + body


def rgb(
    primaries: tuple[tuple[float, ...], ...], curve: tuple[float, ...] = SRGB_CURVE
) -> bytes:
    """The profile of a screen with these primaries."""
    tags = {
        name: _xyz(each)
        for name, each in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    }
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(*curve))
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey(gamma: float) -> bytes:
    """The profile of grey with that gamma."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _curve(gamma)})


def cmyk() -> bytes:
    """The profile of a printer without any black: all that counts is how light it is.

    Lightness is 100 times (1 - cyan), whatever the other inks are.
    """
    corners = b"".join(
        bytes((255 * (1 - cyan), 128, 128)) for cyan, *_ in product((0, 1), repeat=4)
    )
    straight = bytes(range(256))
    identity = b"".join(map(_fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity
    lut += straight * 4 + corners + straight * 3
    tags = dict.fromkeys((b"A2B0", b"A2B1"), lut)
    return _profile(b"prtr", b"CMYK", b"Lab ", tags)
