"""The one line that tells the truth, wherever it is shown."""

import pytest

from vcam.status import State, Status
from vcam.status_text import headline


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (
            Status(State.LIVE, fps=29.97, background_title="Blur", watchers=("chrome",)),
            "Live · 30 fps · Blur · watched by chrome",
        ),
        (
            Status(State.LIVE, fps=25.0, background_title="sea.side", watchers=()),
            "Live · 25 fps · sea.side · nobody is watching",
        ),
        (Status(State.LIVE, background_title="#00b140"), "Live · #00b140"),
        (
            Status(State.LIVE, background_title="teal", loading="sea", watchers=()),
            "Live · teal · loading sea · nobody is watching",
        ),
        (
            Status(State.LIVE, fps=30.0, background_title="teal", watchers=("zoom", "obs")),
            "Live · 30 fps · teal · watched by zoom and obs",
        ),
        (
            Status(State.LIVE, background_title="teal", watchers=("a", "b", "c", "d")),
            "Live · teal · watched by a, b and 2 more",
        ),
        (Status(State.LIVE, shows_room=True, background="room"), "Showing your room"),
        (
            Status(State.LIVE, fps=30.0, background_title="Beach", keeps=True, watchers=()),
            "Live · 30 fps · Beach · a part of your room is kept · nobody is watching",
        ),
        (
            Status(State.FROZEN, background="teal", keeps=True),
            "Frozen: a part of your room is visible, still; the camera is off",
        ),
        (
            Status(State.LOOPING, background="teal", keeps=True),
            "Loop: a part of your room is visible, as it was; the camera is off",
        ),
        (
            Status(State.LIVE, shows_room=True, fps=30.0, watchers=("zoom",)),
            "Showing your room · 30 fps · watched by zoom",
        ),
        (
            Status(State.WAITING, "The camera is gone", "Plug it in"),
            "Waiting: The camera is gone",
        ),
        (
            Status(State.WAITING, "HD Webcam is in use by zoom"),
            "Waiting: HD Webcam is in use by zoom",
        ),
        (Status(State.WAITING), "Waiting"),
        (Status(State.RESTING, watchers=()), "Resting: nobody is watching"),
        (Status(State.PAUSED), "Paused: a card is on air, the camera is off"),
        (
            Status(State.PAUSED, camera="HD Webcam"),
            "Paused: a card is on air, the camera is being released",
        ),
        (
            Status(State.FROZEN, background="teal", watchers=("zoom",)),
            "Frozen: the last picture stays on air, the camera is off · watched by zoom",
        ),
        (
            Status(State.LOOPING, background="teal", watchers=("zoom",)),
            "Loop: the last seconds are on air again and again, the camera is off · "
            "watched by zoom",
        ),
        (Status(State.LOOPING), "Loop: a card is on air, the camera is off"),
        (
            Status(State.LOOPING, background="room", shows_room=True),
            "Loop: your room is visible, as it was; the camera is off",
        ),
        (Status(State.FROZEN), "Frozen: a card is on air, the camera is off"),
        (
            Status(State.FROZEN, background="room", shows_room=True, watchers=()),
            "Frozen: your room is visible, still; the camera is off · nobody is watching",
        ),
        (Status(State.STARTING), "Starting…"),
        (Status(State.STOPPED), "Not running"),
        (Status(State.FAILED, "Something broke"), "Failed: Something broke"),
    ],
)
def test_the_headline_tells_the_truth(status: Status, says: str) -> None:
    assert headline(status) == says


def test_every_state_has_a_headline() -> None:
    assert all(headline(Status(state)) for state in State)


def test_a_message_from_before_is_no_news_while_live() -> None:
    status = Status(State.LIVE, "The camera is gone", background_title="Blur")
    assert headline(status) == "Live · Blur"
