"""Gradio's route of files leads to files, and makes nobody ask the network."""

import pytest
from studio_client import Client

from vcam.studio.guard import GRADIO

ROUTE = "/how/gradio_api/file="


@pytest.mark.parametrize("file", ["http://a.example/x", "HTTPS:/a.example", " ftp://a"])
def test_an_address_is_no_file(client: Client, file: str) -> None:
    answer = client.get(ROUTE + file.replace(" ", "%20"))

    assert (answer.status, answer.body) == (403, b"vcam studio: refused (path)\n")


@pytest.mark.parametrize("file", ["/dev/shm/a/b.png", r"C:\Temp\a\b.png", "/tmp/a:b/c.png"])
def test_a_file_is(file: str) -> None:
    assert GRADIO.fullmatch(ROUTE + file)
