"""What the administrator of the machine has decided, whatever the user chooses.

A :class:`Policy` has two uses.  :meth:`Policy.enforced` turns settings into those that are
allowed: :class:`~vcam.engine.live_settings.LiveSettings` does that with everything that
comes into force, whoever asks for it.  :meth:`Policy.check` refuses a change, so that the
user is told: there, and in :func:`vcam.settings.save`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from vcam.backgrounds import HIDES_ROOM, SHOWS_ROOM, Background
from vcam.backgrounds.barred import Barred
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.room import Room
from vcam.errors import PolicyError
from vcam.regions import Regions
from vcam.settings import Settings
from vcam.translation import tr

WHOLE = ("overlay",)
"""Sections that are pinned as a whole: an overlay that is one pixel wide is none."""


@dataclass(frozen=True)
class Policy:
    """The rules.  Without any, everything is allowed."""

    file: str = ""
    """Where they are; empty where there are none."""
    broken: str = ""
    """Why the file is not understood.  There is then no picture, only a card."""
    contact: str = ""
    """Whom the user may ask."""
    room: bool = True
    """Whether the plain room may be shown."""
    blur: float | None = None
    """No background may show more of the room than a blur of this strength."""
    backgrounds: tuple[Background, ...] = ()
    """The only ones that may be chosen; empty: all."""
    serve: bool = True
    """Whether the picture may be served to programs."""
    cpu_budget: float = 0.0
    """Most percent of one core; 0: no limit."""
    pinned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Values that cannot be changed, by section and option."""

    def __bool__(self) -> bool:
        """Whether there is a policy."""
        return bool(self.file)

    @property
    def requires_overlay(self) -> bool:
        """Whether no picture may leave without the overlay."""
        overlay = self.pinned.get("overlay", {})
        return bool(overlay.get("picture") and overlay.get("shown"))

    def allows(self, background: Background) -> bool:
        """Whether it may be shown."""
        if self.broken or background.exposure > self._most:
            return False
        return not self.backgrounds or any(
            _covers(each, background) for each in self.backgrounds
        )

    def enforced(self, settings: Settings) -> Settings:
        """``settings`` with whatever is not allowed replaced by what is."""
        if not self:
            return settings
        output, power = settings.output, settings.power
        if self.broken:
            nothing = Barred(why=self.broken)
            return replace(settings, background=nothing, output=replace(output, serve=0))
        for section, values in self.pinned.items():
            part = replace(getattr(settings, section), **values)
            settings = replace(settings, **{section: part})
        background = settings.background
        if not self.allows(background):
            settings = replace(settings, background=self._instead_of(background))
        if not self.serve:
            settings = replace(settings, output=replace(settings.output, serve=0))
        if self.cpu_budget and not 0 < power.cpu_budget <= self.cpu_budget:
            power = replace(settings.power, cpu_budget=self.cpu_budget)
            settings = replace(settings, power=power)
        return settings

    def painted(self, regions: Regions) -> Regions:
        """``regions``; without what is kept where the room may not be shown."""
        if not self or self.allows(Room()):
            return regions
        return Regions.holding(each.without("keep") for each in regions)

    def check_painted(self, before: Regions, after: Regions) -> None:
        """Raise :class:`~vcam.errors.PolicyError` for what is newly kept and may not be."""
        allowed = self.painted(after)
        for each in after:
            known = before.of(each.camera).kept | allowed.of(each.camera).kept
            if each.kept & ~known:
                raise PolicyError(
                    tr("Your administrator does not allow your room, nor a part of it"),
                    self.contact or tr("Choose something else"),
                )

    def check_understood(self) -> None:
        """Raise :class:`~vcam.errors.PolicyError` while nobody knows what is allowed."""
        if self.broken:
            raise PolicyError(self.broken, tr("Tell your administrator"))

    def left_alone(self, before: Settings, after: Settings) -> Settings:
        """``after`` with what is pinned as it was ``before``: for a whole look, of which
        the rest can be had all the same."""
        for section, values in self.pinned.items():
            kept = {name: getattr(getattr(before, section), name) for name in values}
            part = replace(getattr(after, section), **kept)
            after = replace(after, **{section: part})
        return after

    def check(self, before: Settings, after: Settings) -> None:
        """Raise :class:`~vcam.errors.PolicyError` if a change breaks a rule.

        What broke one ``before`` already, in a file that is older than the policy, stays.
        """
        if not self or before == after:
            return
        self.check_understood()
        allowed = self.enforced(after)
        for name, old, new, may in _options(before, after, allowed):
            if new not in (may, old):
                raise PolicyError(
                    self._refusal(name, new), self.contact or tr("Choose something else")
                )

    def rules(self) -> tuple[str, ...]:
        """What is decided, in words."""
        return (self.broken,) if self.broken else tuple(self._rules())

    def told(self) -> dict[str, Any]:
        """As plain values, for programs; without a policy it locks nothing."""
        locked = [f"{section}.{name}" for section, of in self.pinned.items() for name in of]
        if not self.allows(Room()):
            locked.append(f"background.{Room.kind}")
        if not self.serve:
            locked.append("output.serve")
        return {
            "file": self.file,
            "broken": self.broken,
            "rules": self.rules(),
            "contact": self.contact,
            "locked": locked,
        }

    @property
    def _most(self) -> float:
        """The greatest exposure that is allowed."""
        if self.blur is not None:
            return Blur(self.blur).exposure
        return SHOWS_ROOM if self.room else SHOWS_ROOM - 1e-9

    def _instead_of(self, background: Background) -> Background:
        """What is shown in place of one that may not be."""
        alike = [each for each in self.backgrounds if each.kind == background.kind]
        if self.backgrounds:
            return (alike or [*self.backgrounds])[0]
        return Blur(max(Blur().strength, self.blur or 0.0))

    def _refusal(self, name: str, value: Any) -> str:
        if name == "background":
            return tr(
                "Your administrator does not allow the background {name}", name=str(value)
            )
        if name == "power.cpu_budget":
            return tr(
                "Your administrator allows {percent} % of one core at most",
                percent=f"{self.cpu_budget:g}",
            )
        return tr("Your administrator has set {option}", option=name)

    def _rules(self) -> Iterator[str]:
        if self.blur is not None:
            yield tr(
                "no more of your room than blur:{strength} shows", strength=f"{self.blur:g}"
            )
        elif not self.room:
            yield tr("your plain room is not shown")
        if self.backgrounds:
            names = ", ".join(map(str, self.backgrounds))
            yield tr("only these backgrounds: {names}", names=names)
        if not self.serve:
            yield tr("the picture is not served to programs")
        if self.cpu_budget:
            yield tr("at most {percent} % of one core", percent=f"{self.cpu_budget:g}")
        for section, values in self.pinned.items():
            names = ", ".join(f"{section}.{option}" for option in values)
            yield tr("set: {names}", names=section if section in WHOLE else names)


NO_POLICY = Policy()
"""Everything is allowed."""


def _covers(listed: Background, chosen: Background) -> bool:
    """Whether the entry ``listed`` of a policy allows ``chosen``."""
    if listed.path is not None or chosen.path is not None:
        return listed.path == chosen.path
    if listed.kind != chosen.kind:
        return False
    if listed.exposure > HIDES_ROOM:
        return chosen.exposure <= listed.exposure
    return listed == chosen or listed.label == chosen.label


def _options(
    before: Settings, after: Settings, allowed: Settings
) -> Iterator[tuple[str, Any, Any, Any]]:
    """The name and three values of everything that can be chosen by itself."""
    for part in fields(Settings):
        parts = [getattr(each, part.name) for each in (before, after, allowed)]
        if part.name == "background":
            yield part.name, *parts
            continue
        for each in fields(parts[0]):
            values = [getattr(options, each.name) for options in parts]
            yield f"{part.name}.{each.name}", *values
