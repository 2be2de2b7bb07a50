"""What is worth a notification, and what is not."""

from vcam.status import State, Status
from vcam.tray.news import AGAIN_S, IN_THE_MENU, SET_UP, SETTLED_S, News

LIVE = Status(State.LIVE, fps=30, background="blur:50", background_title="Blur")
STARTING = Status(State.STARTING)
GONE = Status(State.WAITING, "The camera is gone", "Plug it in again")
NO_DEVICE = Status(State.WAITING, "There is no virtual camera", "Run vcam setup")
PAUSED = Status(State.PAUSED)
RESTING = Status(State.RESTING)
FAILED = Status(State.FAILED, "Something broke", "See the log for details")
LOST = ("The camera is gone", "Plug it in again")
WELL = "All is well again"


def told(*course: tuple[float, Status]) -> list[str]:
    """The titles of what is told while each status lasts for so many seconds."""
    news, now_s, titles = News(), 1000.0, []
    for lasts_s, status in course:
        until_s = now_s + lasts_s
        while now_s < until_s:
            if found := news.of(status, now_s):
                titles.append(found[0])
            now_s += 0.25
    return titles


def test_a_normal_day_tells_nothing() -> None:
    slow = Status(State.WAITING, "The background is still loading")
    assert told((5, STARTING), (1, slow), (60, LIVE), (9, RESTING), (9, PAUSED)) == []


def test_a_camera_that_is_lost_and_comes_back_is_told_once_each() -> None:
    news = News()
    assert news.of(GONE, 0.0) is None
    assert news.of(GONE, SETTLED_S) == LOST
    assert told((9, LIVE), (99, GONE), (99, LIVE)) == [LOST[0], WELL]


def test_a_moment_without_pictures_is_no_news() -> None:
    assert told((9, LIVE), (1, GONE), (9, LIVE)) == []


def test_a_loose_plug_is_told_once_and_not_every_time() -> None:
    flapping = [(4.0, GONE), (1.0, LIVE)] * 10
    assert told((9, LIVE), *flapping) == [LOST[0]]
    slowly = [(4.0, GONE), (4.0, LIVE)] * 6
    assert told((9, LIVE), *slowly) == [LOST[0], WELL]


def test_the_next_loss_is_told_again() -> None:
    day = (9, GONE), (AGAIN_S, LIVE), (9, GONE), (9, LIVE)
    assert told(*day) == [LOST[0], WELL, LOST[0], WELL]


def test_trouble_that_becomes_another_is_told_anew() -> None:
    assert told((9, NO_DEVICE), (9, GONE), (9, RESTING)) == [
        "There is no virtual camera",
        "The camera is gone",
        WELL,
    ]


def test_trouble_of_which_the_user_goes_away_is_over() -> None:
    assert told((9, GONE), (9, PAUSED), (9, LIVE)) == [LOST[0]]


def test_a_bug_is_told_at_once() -> None:
    assert News().of(FAILED, 0.0) == ("Something broke", "See the log for details")


def test_the_menu_is_named_in_place_of_a_command_for_a_terminal() -> None:
    for not_set_up, said in ((True, SET_UP), (False, IN_THE_MENU)):
        missing = Status(State.WAITING, "It is missing", "Run `vcam setup`", not_set_up)
        for icon, text in ((True, said), (False, "Run `vcam setup`")):
            news = News()
            assert news.of(missing, 0.0, icon) is None
            assert news.of(missing, SETTLED_S, icon) == ("It is missing", text)
