"""Text that may hold anything, made fit for a terminal, a log, a menu, a notification.

File names, names of cameras and programs, and arguments are other people's words.  What
steers a terminal, breaks a line or turns the direction of writing is written out as in
Python, such as ``\\x1b`` and ``\\u202e``.  Everything else stays, emojis included.
"""

import re

STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # the control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # of the direction of writing
    "\u2028\u2029"  # the ends of lines and paragraphs
    "\ud800-\udfff]"  # bytes that are no text
)
LONGEST = 1000
"""Characters of a message."""


def printable(text: str) -> str:
    """``text`` on one line, with what is not meant to be seen written out."""
    return STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def message(text: str) -> str:
    """Printable ``text``; of a very long one the beginning and the end.

    What is wrong is said at the beginning or, after a name, at the end.
    """
    text = printable(text)
    if len(text) <= LONGEST:
        return text
    end = LONGEST // 3
    return f"{text[: LONGEST - end - 1]}…{text[-end:]}"
