"""Text as trays can take it: some fields are short."""

from vcam.printable import printable

UTF16 = "utf-16-le"


def cut(text: str, longest: int) -> str:
    """Printable ``text`` of at most ``longest`` UTF-16 units, as Windows counts."""
    text = printable(text)
    units = text.encode(UTF16)
    if len(units) <= 2 * longest:
        return text
    return units[: 2 * (longest - 1)].decode(UTF16, "ignore") + "…"
