"""The profiles: one level, of which the one that is in effect is marked."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from vcam.settings import Settings
from vcam.settings.policy import Policy
from vcam.settings.profiles import Profile, load
from vcam.translation import tr
from vcam.tray.limits import locked, refuses
from vcam.tray.menu_items import Line, marked, radio, submenu
from vcam.verbs import Act, Verb

if TYPE_CHECKING:
    from vcam.app import App


def profile_lines(
    settings: Settings, profiles: Sequence[Profile], policy: Policy
) -> Iterator[Line]:
    """The submenu; nothing where there are no profiles."""
    lines = []
    for each in profiles:
        line = radio(each.name, each.name, each.is_chosen(settings), _choosing(each.name))
        refused = refuses(policy, settings, each(settings))
        lines.append(locked(line) if refused else line)
    if lines:
        yield submenu("profile", tr("Profile"), lines, marked(lines))


def _choosing(name: str) -> Verb:
    # It reads a file, as does whatever edits the settings file where no vcam runs.
    edit = partial(_edited, name)
    return Verb(f"profile {name}", "", "", partial(_prepare, name), edit=edit)


def _edited(name: str, settings: Settings, tell: Callable[[str], None]) -> Settings:
    return load(name)(settings)


def _prepare(name: str, app: "App", toggle: bool) -> Act:
    edit = app.prepared(name)

    def act() -> dict[str, str]:
        app.change(edit)
        return {}

    return act
