"""What can be done to a running vcam: one row for the command, the request and the menu.

``cli`` makes a command of every row, ``control`` answers the request of the same name, and
``tray`` has an entry for those with a label.  To add a verb, write a row; an entry of the
menu also needs its place in ``tray/menu.py``.  Commands must start quickly, so whatever is
heavy is imported when it is used.
"""

import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from vcam.translation import translatable

if TYPE_CHECKING:
    from vcam.app import App
    from vcam.settings import Settings

Answer = Mapping[str, Any]
"""What the running vcam answers: plain values for JSON."""
EditInFile = Callable[["Settings", Callable[[str], None]], "Settings"]
Act = Callable[[], Answer]
"""The second step of a request: changes the running vcam, and returns the answer."""
Request = Mapping[str, Any]
"""What is asked beside the verb, by name; ``toggle`` for example."""
Prepare = Callable[["App", Request], Act]


class Argument(NamedTuple):
    """What may follow the command's name."""

    name: str
    """In the request."""
    shown: str
    """In the help."""
    help: str
    read: Callable[[str], Any]
    """Makes a plain value of what was typed; raises :class:`~vcam.errors.VcamError`."""


class Verb(NamedTuple):
    """One row of the table."""

    name: str
    """Of the command, of the request and of the menu's entry."""
    summary: str
    """Its line in ``vcam --help``."""
    description: str
    """What ``vcam NAME --help`` says."""
    prepare: Prepare
    """The first step: it may read files, and changes nothing.  Raises
    :class:`~vcam.errors.VcamError`, as does the :data:`Act` that it returns."""
    label: str = ""
    """The menu's entry; empty where there is none."""
    toggles: bool = False
    """The command has ``--toggle``: undo what is so already."""
    argument: Argument | None = None
    edit: "EditInFile | None" = None
    """What the command does to the settings file when no vcam runs; it calls its second
    argument with what the user should know.  Without it the command needs a running one."""
    ends: bool = False
    """vcam ends; the command waits until it has."""

    def do(self, app: "App", **request: Any) -> Answer:
        """Both steps at once."""
        return self.prepare(app, request)()


def _step(places: int) -> Prepare:
    """Go ``places`` further in the gallery."""

    def prepare(app: "App", request: Request) -> Act:
        from vcam.backgrounds.choosing import gallery

        act, passed = app.step(places, gallery())
        return lambda: {"background": act().title, "passed": passed}

    return prepare


def _step_in_file(places: int) -> "EditInFile":
    """Go ``places`` further in the gallery, in the settings file when no vcam runs."""

    def edit(settings: "Settings", tell: Callable[[str], None]) -> "Settings":
        from dataclasses import replace

        from vcam.backgrounds.choosing import gallery, usable_neighbour
        from vcam.settings.edits import check_opens
        from vcam.settings.policy_file import policy

        size, rules = settings.output.size, policy()
        rules.check_understood()
        chosen, passed = usable_neighbour(
            *(settings.background, places, gallery()),
            lambda each: check_opens(each, size),
            allowed=rules.allows,
        )
        for error in passed:
            tell(str(error))
        return replace(settings, background=chosen)

    return edit


_holding = threading.Lock()
"""Makes a toggle one step: nobody changes the hold between its reading and its writing."""


def _hold(value: str) -> Prepare:
    """Keep on air what :class:`~vcam.status.Hold` calls ``value``."""

    def prepare(app: "App", request: Request) -> Act:
        from vcam.status import Hold

        hold, minutes = Hold(value), _minutes_asked(request)

        def act() -> Answer:
            with _holding:
                # What was asked for counts, not what is on air, which follows later.
                back = bool(request.get("toggle")) and app.held is hold
                app.hold(Hold.NOTHING if back else hold, minutes)
            return {}

        return act

    return prepare


def _loop(app: "App", request: Request) -> Act:
    """Raises ControlError when nothing is recorded."""
    hold = _hold("loop")(app, request)

    def act() -> Answer:
        from vcam.errors import ControlError
        from vcam.status import Hold
        from vcam.translation import tr

        if app.held is Hold.LOOP or app.status.can_loop:
            return hold()
        if app.settings.loop.ready:
            raise ControlError(
                tr("There are not yet three seconds to show again"),
                tr("Try again in a moment"),
            )
        raise ControlError(
            tr("The last seconds are not kept"),
            tr("Keep them from now on: `vcam set loop=on`, or in the menu below Break"),
        )

    return act


def _minutes(text: str) -> float:
    """The minutes of a break as they are typed; raises UsageError."""
    from vcam.errors import SettingsError, UsageError
    from vcam.pipeline.options import check_minutes
    from vcam.translation import tr

    try:
        minutes = float(text)
    except ValueError:
        raise UsageError(
            tr("{text} is not a number of minutes", text=repr(text)), tr("Write a number")
        ) from None
    try:
        check_minutes(minutes)
    except SettingsError as error:
        raise UsageError(error.what, error.remedy) from error
    return minutes


def _minutes_asked(request: Request) -> float | None:
    given = request.get("minutes")
    return None if given is None else _minutes(str(given))


def _quit(app: "App", request: Request) -> Act:
    def act() -> Answer:
        app.quit()
        return {"pid": os.getpid()}

    return act


NEXT = Verb(
    "next",
    translatable("the next background of the gallery"),
    translatable(
        "Show the next background: blur or bokeh, then the pictures and videos of the "
        "gallery. One that cannot be shown is passed over."
    ),
    _step(1),
    label=translatable("Next background"),
    edit=_step_in_file(1),
)
PREVIOUS = Verb(
    "previous",
    translatable("the one before"),
    translatable("Show the previous background of the gallery."),
    _step(-1),
    edit=_step_in_file(-1),
)
PAUSE = Verb(
    "pause",
    translatable("be right back: a card is on air, the camera is off"),
    translatable(
        "Be right back: a card is on air and the camera is off, until 'vcam resume'. "
        "With MINUTES the card counts them down; when they are over, it stays."
    ),
    _hold("pause"),
    label=translatable("Be right back"),
    toggles=True,
    argument=Argument(
        "minutes",
        translatable("MINUTES"),
        translatable("how long the break lasts (default: pause.minutes of the settings)"),
        _minutes,
    ),
)
FREEZE = Verb(
    "freeze",
    translatable("keep the last picture on air, the camera is off"),
    translatable("Keep the last picture on air, with the camera off, until 'vcam resume'."),
    _hold("freeze"),
    label=translatable("Freeze"),
    toggles=True,
)
LOOP = Verb(
    "loop",
    translatable("show the last seconds again and again, the camera is off"),
    translatable(
        "Show the last ten seconds again and again, with the camera off, until "
        "'vcam resume'. They are kept from 'vcam set loop=on' on."
    ),
    _loop,
    label=translatable("Loop"),
    toggles=True,
)
RESUME = Verb(
    "resume",
    translatable("go live again"),
    translatable("Go live again after 'vcam pause', 'vcam freeze' or 'vcam loop'."),
    _hold("nothing"),
)
QUIT = Verb(
    "quit",
    translatable("end the running vcam"),
    translatable(
        "End the running vcam, and wait until camera and virtual camera are released."
    ),
    _quit,
    label=translatable("Quit"),
    ends=True,
)
VERBS = {verb.name: verb for verb in (NEXT, PREVIOUS, PAUSE, FREEZE, LOOP, RESUME, QUIT)}
"""The table."""
