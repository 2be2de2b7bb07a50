"""The welcome comes at the first start with nothing chosen, and once."""

import pytest
from platformdirs import user_state_path

from vcam.files import settings_path
from vcam.settings import Settings, save
from vcam.settings.first_start import is_first_start, note_welcome


def test_it_is_the_first_start_until_something_is_chosen() -> None:
    assert is_first_start()
    save(Settings(), settings_path())
    assert not is_first_start()


def test_it_is_the_first_start_until_the_welcome_was_seen() -> None:
    assert is_first_start()
    note_welcome()
    note_welcome()
    assert not is_first_start()


def test_a_folder_that_cannot_be_written_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = user_state_path("vcam", appauthor=False)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file is in the way")
    note_welcome()
    assert "the welcome will be shown again" in caplog.text
    assert is_first_start()
