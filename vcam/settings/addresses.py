"""Names of files that are no text, as addresses: TOML can hold nothing but UTF-8."""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote_to_bytes

SCHEME = "file://"


def as_text(path: str) -> str | None:
    """``path`` as TOML can hold it; ``None`` where it cannot."""
    with suppress(UnicodeEncodeError):
        path.encode()
        return path
    with suppress(UnicodeEncodeError):  # not of bytes at all
        if path.startswith("/"):
            return f"{SCHEME}{quote(os.fsencode(path))}"
    return None


def without(table: Mapping[str, Any]) -> dict[str, Any]:
    """``table`` and its sections with paths in place of addresses."""
    return {
        name: without(value) if isinstance(value, dict) else _path(value)
        for name, value in table.items()
    }


def _path(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(f"{SCHEME}/") and "%" in value:
        return os.fsdecode(unquote_to_bytes(value.removeprefix(SCHEME)))
    return value
