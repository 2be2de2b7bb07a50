"""Text as trays can take it: file names may hold anything, and some fields are short."""

import re

UTF16 = "utf-16-le"


def plain(text: str) -> str:
    """``text`` on one line, without what no system can carry: lone surrogates and NUL."""
    text = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def cut(text: str, longest: int) -> str:
    """Plain ``text`` of at most so many UTF-16 units, which is how Windows counts."""
    units = plain(text).encode(UTF16)
    if len(units) <= 2 * longest:
        return plain(text)
    return units[: 2 * (longest - 1)].decode(UTF16, "ignore") + "…"
