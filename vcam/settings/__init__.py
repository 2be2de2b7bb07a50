"""Everything the user may choose, as one immutable value, and as TOML.

Each stage owns its options; :class:`Settings` is only their sum.  A new option is a new
field of its stage and needs no change here.
"""

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_type_hints

from vcam import files
from vcam.appearance.options import AppearanceOptions
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import KINDS
from vcam.backgrounds.options import GalleryOptions
from vcam.backgrounds.unknown import Unknown, Value
from vcam.errors import SettingsError
from vcam.files import is_device
from vcam.imaging.options import FramingOptions, LetteringOptions
from vcam.masking.options import MaskOptions
from vcam.outputs.edge_light import EdgeLightOptions
from vcam.outputs.options import OutputOptions
from vcam.overlay.opening import OverlayChoice
from vcam.overlay.options import NamePlateOptions, OverlayOptions
from vcam.pipeline.options import LoopOptions, PauseOptions
from vcam.reasons import reason
from vcam.settings.addresses import without
from vcam.settings.former_names import present_names
from vcam.settings.power import PowerOptions
from vcam.settings.profile_options import ProfileOptions
from vcam.settings.values import hint_of, plain, typed
from vcam.sources.options import SourceOptions
from vcam.translation import quoted, tr

log = logging.getLogger(__name__)

T = TypeVar("T")
LARGEST = 1 << 20
"""Most bytes of a settings file; a thousand are usual."""


@dataclass(frozen=True)
class Settings:
    """All settings as one value, which is replaced as a whole and never edited in place."""

    source: SourceOptions = field(default_factory=SourceOptions)
    mask: MaskOptions = field(default_factory=MaskOptions)
    background: Background = field(default_factory=Blur)
    gallery: GalleryOptions = field(default_factory=GalleryOptions)
    framing: FramingOptions = field(default_factory=FramingOptions)
    appearance: AppearanceOptions = field(default_factory=AppearanceOptions)
    overlay: OverlayOptions = field(default_factory=OverlayOptions)
    name_plate: NamePlateOptions = field(default_factory=NamePlateOptions)
    lettering: LetteringOptions = field(default_factory=LetteringOptions)
    edge_light: EdgeLightOptions = field(default_factory=EdgeLightOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    pause: PauseOptions = field(default_factory=PauseOptions)
    loop: LoopOptions = field(default_factory=LoopOptions)
    power: PowerOptions = field(default_factory=PowerOptions)
    profiles: ProfileOptions = field(default_factory=ProfileOptions)

    @property
    def over(self) -> OverlayChoice:
        """All that lies over the picture."""
        return OverlayChoice(self.overlay, self.name_plate, self.lettering.font)


def load(path: Path) -> Settings:
    """The settings in a TOML file; the defaults when there is no file.

    Raises :class:`~vcam.errors.SettingsError`, with the place and a suggestion, for
    anything that is not understood.
    """
    return _parsed(text_of(path), path)


def save(settings: Settings, path: Path) -> None:
    """Write the settings to ``path``, wholly or not at all; a link stays a link.

    In a file that exists only the values that differ are changed; everything else in it
    stays as the user wrote it.  Raises :class:`~vcam.errors.SettingsError` when it cannot
    be written, or when what is there is not understood: that is never overwritten; and
    :class:`~vcam.errors.PolicyError` for a change that the administrator does not allow.
    """
    from vcam.settings.policy_file import policy  # here: it builds on this file

    before = text_of(path)
    if rules := policy():
        rules.check(_parsed(before, path), settings)
    after = to_toml(settings) if not before.strip() else _edited(before, settings, path)
    if after == before:
        return
    try:
        files.write(path, after)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise SettingsError(
            tr(
                "The settings cannot be saved to {file}: {reason}",
                file=quoted(str(path)),
                reason=reason(error),
            ),
            tr("Check the folder's permissions and space"),
        ) from error


def text_of(path: Path) -> str:
    """The text of the file; empty when there is none."""
    try:
        if is_device(path):  # a pipe would wait for its other end
            raise SettingsError(
                tr("The settings {file} are a device, not a file", file=quoted(str(path))),
                tr("Name a file"),
            )
        content = files.start_of(path, LARGEST + 1)
        if len(content) > LARGEST:
            raise SettingsError(
                tr(
                    "The settings {file} are too large: more than {count} bytes",
                    file=quoted(str(path)),
                    count=LARGEST,
                ),
                tr("Mend or remove the file"),
            )
        return content.decode("utf-8-sig")  # editors on Windows write the mark
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            tr(
                "The settings {file} cannot be read: {reason}",
                file=quoted(str(path)),
                reason=reason(error),
            ),
            tr("Mend or remove the file"),
        ) from error


def _parsed(text: str, path: Path) -> Settings:
    try:
        return from_table(without(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            tr(
                "The settings {file} are not TOML: {reason}",
                file=quoted(str(path)),
                reason=error,
            ),
            tr("Mend or remove the file"),
        ) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise SettingsError(
            tr(
                "The settings {file} have a value that is too large: {reason}",
                file=quoted(str(path)),
                reason=error,
            ),
            tr("Mend or remove the file"),
        ) from error
    except SettingsError as error:
        what = tr("In {file}: {what}", file=quoted(str(path)), what=error.what)
        raise SettingsError(what, error.remedy) from error


def _edited(text: str, settings: Settings, path: Path) -> str:
    """The user's text, changed to mean ``settings``."""
    from vcam.settings.toml_text import edited  # here: reading needs no tomlkit

    before = _parsed(text, path)
    try:
        result = edited(text, to_table(before), to_table(settings))
        understood = from_table(without(tomllib.loads(result))) == settings
    except SettingsError:
        raise
    except Exception as error:  # of tomlkit, about a file that tomllib reads
        log.info("%s cannot be edited", path, exc_info=True)
        raise _unusual(path) from error
    if not understood:
        raise _unusual(path)
    return result


def _unusual(path: Path) -> SettingsError:
    return SettingsError(
        tr(
            "The settings {file} are written in a way that vcam cannot change",
            file=quoted(str(path)),
        ),
        tr("Write each section once, as [section] with one option on each line"),
    )


def from_table(table: Mapping[str, Any]) -> Settings:
    """Build settings from plain tables, as TOML and JSON give them."""
    hints = get_type_hints(Settings)
    parts: dict[str, Any] = {}
    for section, values in table.items():
        if section not in hints:
            what = tr("There is no section [{name}]", name=section)
            raise SettingsError(what, hint_of(section, hints))
        if not isinstance(values, Mapping):
            raise SettingsError(
                tr(
                    "{text} is not a section [{name}]",
                    text=f"{section} = {values!r}",
                    name=section,
                )
            )
        kind, values = hints[section], present_names(section, values)
        if section == "background":
            name = values.pop("kind", Blur.kind)
            if not isinstance(name, str):
                what = tr("There is no background {name}", name=repr(name))
                raise SettingsError(what, hint_of(name, KINDS))
            if name not in KINDS:
                parts[section] = _unknown(name, values)
                continue
            kind = KINDS[name]
        parts[section] = _options(kind, section, values)
    return Settings(**parts)


def to_table(settings: Settings) -> dict[str, dict[str, Any]]:
    """The inverse of :func:`from_table`: plain values, without those that are unset."""
    table: dict[str, dict[str, Any]] = {}
    for part in fields(settings):
        options = getattr(settings, part.name)
        if isinstance(options, Unknown):
            table[part.name] = {"kind": options.name, **dict(options.options)}
            continue
        values = {each.name: plain(getattr(options, each.name)) for each in fields(options)}
        values = {name: value for name, value in values.items() if value is not None}
        if part.name == "background":
            values = {"kind": options.kind, **values}
        table[part.name] = values
    return table


def to_toml(settings: Settings) -> str:
    """The settings as the text of a new TOML file, which says what differs from the usual.

    So whatever the user has not chosen follows the version of vcam that reads the file.
    """
    from vcam.settings.toml_text import written

    return written(to_sections(settings))


def to_sections(settings: Settings) -> dict[str, dict[str, Any]]:
    """Plain values of what differs from the usual, by section."""
    usual = to_table(Settings())
    chosen: dict[str, dict[str, Any]] = {}
    for section, options in to_table(settings).items():
        own = {
            name: value
            for name, value in options.items()
            if usual[section].get(name) != value
        }
        if own:
            # A background is its kind; the options of two kinds have nothing in common.
            chosen[section] = options if section == "background" else own
    return chosen


def _unknown(name: str, values: Mapping[str, Any]) -> Unknown:
    """Raises :class:`~vcam.errors.SettingsError` for what could not be saved again."""
    for option, value in values.items():
        if type(value) not in get_args(Value):
            raise SettingsError(
                tr(
                    "There is no background {name} with {option}",
                    name=repr(name),
                    option=f"{option} = {value!r}",
                ),
                hint_of(name, KINDS),
            )
    return Unknown(name, tuple(values.items()))


def _options(kind: type[T], section: str, values: Mapping[str, Any]) -> T:
    hints = get_type_hints(kind)
    known = {each.name: each for each in fields(cast(Any, kind))}
    for name in values:
        if name not in known:
            what = tr("[{section}] has no {option}", section=section, option=repr(name))
            raise SettingsError(what, hint_of(name, known))
    wanted = {name: typed(hints[name], section, name, v) for name, v in values.items()}
    for name, each in known.items():
        no_default = each.default is MISSING and each.default_factory is MISSING
        if no_default and name not in wanted:
            raise SettingsError(
                tr(
                    "[{section}] needs a value for {option}",
                    section=section,
                    option=repr(name),
                )
            )
    return kind(**wanted)
