"""What vcam prints can be read wherever it goes: terminals, files and pipes."""

import io
import sys

import pytest

from vcam.cli import streams
from vcam.cli.streams import tell


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("utf-8", "Live: Café → OBS… 1280×720, 日本\n"),
        ("cp1252", r"Live: Café -> OBS… 1280×720, \u65e5\u672c" + "\n"),
        ("cp850", r"Live: Café -> OBS... 1280×720, \u65e5\u672c" + "\n"),
        ("ascii", r"Live: Caf\xe9 -> OBS... 1280x720, \u65e5\u672c" + "\n"),
    ],
)
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_an_encoding_lacks_is_said_with_what_it_has(
    name: str, encoding: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, name, stream)
    streams.prepare()
    tell("Live: Café → OBS… 1280×720, 日本", to=stream)
    assert written.getvalue().decode(encoding) == printed
