"""Carries out what is clicked, on the front end's thread, without waiting."""

import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from platformdirs import user_cache_path

from vcam import __version__
from vcam.app import App
from vcam.backgrounds.folder import made_user_gallery
from vcam.errors import VcamError
from vcam.system import autostart
from vcam.system.autostart.session import MODULE
from vcam.translation import tr, translatable
from vcam.tray import served_page
from vcam.tray.actions import Action, Break, Change, StartAtLogin, Task
from vcam.tray.desktop import show
from vcam.tray.subprocesses import Children, Done
from vcam.tray.verb_reader import VerbReader
from vcam.verbs import PAUSE, Verb

log = logging.getLogger(__name__)

DIAGNOSIS_S = 60.0
SELF = (sys.executable, *MODULE)
CHOOSERS = (
    (sys.executable, "-P", "-m", "vcam.tray.portal"),
    ("zenity", "--file-selection", "--multiple", "--separator=\n"),
    ("kdialog", "--multiple", "--separate-output", "--getopenfilename", str(Path.home())),
)
"""Dialogs that print the chosen paths; exit status 1 means that nothing was chosen.  The
first that the desktop has is used; without any, the folder is opened."""
SET_IT = "vcam set {option}=FILE"
COMPLAINT = "vcam: "
"""Beginning of the line with an error message."""
DONE = translatable("Done. {rest}")
"""What `vcam setup` begins its last words with."""
CHOOSE = translatable("In your call, choose the camera 'vcam'")
NOT_DONE = translatable("What is left to do has just been opened")
AT_ONCE = translatable("It ended at once. See what `vcam doctor` says")
ABOUT = translatable(
    "Be anywhere, from your own webcam. Nothing leaves this machine. "
    "Free software, GPL-2.0-or-later."
)


class ActionRunner:
    """Executes actions.  Used by one thread."""

    def __init__(self, app: App, notify: Callable[[str, str], None]) -> None:
        self._app, self._notify = app, notify
        self._children = Children()
        self._reader = VerbReader(app, notify)
        self._tasks: dict[Task, Callable[[], None]] = {
            Task.ADD: self._add,
            Task.FOLDER: self._folder,
            Task.STUDIO: self._studio,
            Task.PREVIEW: self._preview,
            Task.OVERLAY: self._overlay,
            Task.EDGE_LIGHT: self._edge_light,
            Task.CARD: self._card,
            Task.SERVED: self._served,
            Task.WELCOME: self._welcome,
            Task.DIAGNOSE: self._diagnose,
            Task.SETUP: self._set_up,
            Task.SETUP_COMMANDS: self._show_commands,
            Task.ABOUT: lambda: notify(f"vcam {__version__}", tr(ABOUT)),
        }

    def do(self, action: Action) -> None:
        """Do it, or start to.  Raises :class:`~vcam.errors.VcamError`."""
        if isinstance(action, Change):
            self._app.change(action)
        elif isinstance(action, Verb):
            if action.edit is None:
                action.do(self._app)
            else:
                self._reader.put(action)
        elif isinstance(action, Break):
            PAUSE.do(self._app, minutes=action.minutes)
        elif isinstance(action, StartAtLogin):
            self._start_at_login(action.on)
        else:
            self._tasks[action]()

    def poll(self) -> None:
        """Handle the programs that were started and have ended."""
        self._children.poll()

    def close(self) -> None:
        """End the programs that were started."""
        served_page.forget()
        self._reader.close()
        self._children.close()

    def _start_at_login(self, on: bool) -> None:
        try:
            autostart.turn(on)
        except OSError as error:
            raise VcamError(
                tr("Start at login cannot be changed: {error}", error=error)
            ) from error
        status = autostart.status()
        if status is not None and status.caution:
            self._notify(tr("Start at login"), status.caution)

    def _add(self) -> None:
        def without() -> None:
            self._folder()
            self._notify(
                tr("Add pictures"), tr("Put them into the folder that has just opened")
            )

        self._choose(self._keep, without)

    def _overlay(self) -> None:
        self._choose_for("overlay", tr("No overlay"))

    def _card(self) -> None:
        self._choose_for("pause.picture", tr("No picture for the break"))

    def _choose_for(self, option: str, failed: str) -> None:
        """Have the user choose a file, and set ``option`` to it."""

        def chosen(paths: Sequence[str]) -> None:
            command = (*SELF, "set", f"{option}={paths[0]}")
            self._children.start(option, command, self._told(failed), with_errors=True)

        def without() -> None:
            command = SET_IT.format(option=option)
            self._notify(failed, tr("Choose it at a terminal: {command}", command=command))

        self._choose(chosen, without)

    def _edge_light(self) -> None:
        # A second one ends the first, and itself.
        name = "edge-light-off" if self._children.runs("edge-light") else "edge-light"
        done = self._told(tr("No edge light"))
        self._children.start(name, (*SELF, "edge-light"), done, with_errors=True)

    def _choose(
        self,
        chosen: Callable[[Sequence[str]], None],
        without: Callable[[], None],
        choosers: Sequence[Sequence[str]] = CHOOSERS if sys.platform == "linux" else (),
    ) -> None:
        """Let the user choose files with the first of ``choosers`` that works."""
        if not choosers:
            without()
            return
        chooser, *others = choosers

        def done(status: int, printed: str) -> None:
            if status == 0:
                chosen(_paths(printed))
            elif status != 1:
                self._choose(chosen, without, others)

        try:
            self._children.start("choose", chooser, done)
        except OSError:
            self._choose(chosen, without, others)

    def _keep(self, paths: Sequence[str]) -> None:
        """Put files into the gallery, where the menu finds them."""

        def done(status: int, printed: str) -> None:
            if status == 0:
                names = ", ".join(Path(line).stem for line in _paths(printed))
                self._notify(tr("Added"), tr("{names}: choose it in the menu", names=names))
            else:
                self._notify(tr("Not added"), printed.removeprefix("vcam: ").strip())

        command = (*SELF, "backgrounds", "add", "--", *paths)
        self._children.start(" ".join(command), command, done, with_errors=True)

    def _folder(self) -> None:
        self._open(made_user_gallery())

    def _open(self, path: Path) -> None:
        if not show(path):
            self._notify(tr("Open it yourself, please"), str(path))

    def _studio(self) -> None:
        # A second one finds the first, opens its page in the browser, and ends.
        name = "studio-page" if self._children.runs("studio") else "studio"
        command = (*SELF, "studio", "--until-closed")
        self._children.start(name, command, self._told(tr("No studio")), with_errors=True)

    def _preview(self) -> None:
        done = self._told(tr("No preview"))
        self._children.start("preview", (*SELF, "preview"), done, with_errors=True)

    def _served(self) -> None:
        """Show the page that is served: its address is what other programs are given."""
        if address := self._app.status.served:
            self._open(served_page.leading_to(address))

    def greet(self) -> None:
        """Begin with the welcome.  Where it does not open, nobody has asked for it."""

        def done(status: int, printed: str) -> None:
            if status != 0:
                log.info("no welcome: %s", _complaint(printed))

        self._children.start("welcome", (*SELF, "welcome"), done, with_errors=True)

    def _welcome(self) -> None:
        # Where the studio shows it, a second one opens its page again, and ends.
        name = "welcome-page" if self._children.runs("welcome") else "welcome"
        done = self._told(tr("No welcome"))
        self._children.start(name, (*SELF, "welcome"), done, with_errors=True)

    def _told(self, title: str) -> Done:
        """What to do at the end of a program: if it failed, tell its error message."""

        def done(status: int, printed: str) -> None:
            if status != 0:
                # Not all of it: the address of the studio is a secret.
                self._notify(title, _complaint(printed) or tr(AT_ONCE))

        return done

    def _diagnose(self) -> None:
        self._notify(tr("Looking…"), tr("This takes a few seconds"))
        self._children.start(
            "doctor", (*SELF, "doctor"), self._diagnosed, within_s=DIAGNOSIS_S
        )

    def _diagnosed(self, status: int, report: str) -> None:
        *_, verdict = report.splitlines() or [tr("The diagnosis came to nothing")]
        failing = [line for line in report.splitlines() if line.startswith("✗")]
        self._notify(verdict, "\n".join(failing[:3]))
        self._show_text("diagnosis.txt", report)

    def _set_up(self) -> None:
        self._notify(tr("Setting up the virtual camera…"), tr("This may take some minutes"))
        command = (*SELF, "setup", "--yes")
        self._children.start("setup", command, self._was_set_up, with_errors=True)

    def _was_set_up(self, status: int, printed: str) -> None:
        if status == 0:
            _, *notes = printed.rpartition(tr(DONE, rest=""))[2].strip().split("\n\n")
            self._notify(tr("The virtual camera is set up"), "\n".join(notes) or tr(CHOOSE))
            return
        said = _complaint(printed)
        self._notify(tr("The virtual camera is not set up"), said or tr(NOT_DONE))
        self._show_text("setup.txt", printed)

    def _show_commands(self) -> None:
        command = (*SELF, "setup", "--dry-run")
        self._children.start(
            "setup-commands",
            command,
            lambda status, printed: self._show_text("setup.txt", printed),
            with_errors=True,
        )

    def _show_text(self, name: str, text: str) -> None:
        path = user_cache_path("vcam", appauthor=False) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", "replace")
        except OSError as error:
            log.warning("%s cannot be shown in full: %s", name, error)
        else:
            self._open(path)


def _complaint(printed: str) -> str:
    """The error message among what vcam printed; "" if there is none."""
    said = [line for line in printed.splitlines() if line.startswith(COMPLAINT)]
    return said[-1].removeprefix(COMPLAINT) if said else ""


def _paths(printed: str) -> list[str]:
    """The paths that a program printed, separated by NUL or, without any, by lines."""
    separator = "\0" if "\0" in printed else "\n"
    return [path for path in printed.split(separator) if path]
