"""Who is refused does not learn the random name, whose cookie nobody else is sent."""

import pytest
from studio_client import Client


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/", {"Host": "example.com"}),
        ("/", {"Host": ""}),
        ("/", {"Sec-Fetch-Site": "cross-site"}),
        ("/?token=wrong", {"User-Agent": "Chromium/150"}),
        ("/how/", {}),
        ("/api/facts", {}),
        ("/elsewhere", {}),
    ],
)
def test_who_is_refused_does_not_learn_the_name(
    stranger: Client, path: str, headers: dict[str, str | None]
) -> None:
    answer = stranger.ask("GET", path, headers=headers)

    assert answer.status == 403
    assert "vcam-" not in f"{answer.headers} {answer.body!r}"


def test_who_comes_by_another_name_does_not_learn_it(client: Client) -> None:
    answer = client.get("/")

    assert answer.status == 200
    assert "vcam-" not in str(answer.headers)
    assert f"connect-src 'self' ws://{client.host};" in str(answer.headers)


def test_the_page_is_not_told_the_address_with_the_token(stranger: Client) -> None:
    answer = stranger.get(f"/?token={stranger.token}")

    assert b'<meta name="referrer" content="no-referrer">' in answer.body
