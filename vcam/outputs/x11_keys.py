"""The letters of keys, as X names them: keysyms, and codes of the keys of a keyboard."""

from typing import Final

LATIN: Final = range(0x20, 0x7F)
NAMED_KEYS: Final = {
    0xFF08: "\b",
    0xFF0D: "\r",
    0xFF8D: "\r",
    0xFF1B: "\x1b",
    **{0xFFB0 + digit: str(digit) for digit in range(10)},
}
"""Keys without a letter, by their keysym; the digits are those of the keypad."""
AMERICAN: Final = {
    first + place: letter
    for first, row in ((24, "qwertyuiop"), (38, "asdfghjkl"), (52, "zxcvbnm"))
    for place, letter in enumerate(row)
}
"""Letters of the American layout by the codes that X on Linux gives to keys."""


def letter(symbol: int) -> str:
    """The letter of a keysym, or a key that has a name of its own; empty for another."""
    return chr(symbol) if symbol in LATIN else NAMED_KEYS.get(symbol, "")
