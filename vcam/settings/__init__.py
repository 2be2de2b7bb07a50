"""Everything the user may choose, as one immutable value, and as TOML.

Each stage owns its options; :class:`Settings` is only their sum.  A new option is a new
field of its stage and needs no change here.
"""

import tomllib
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from vcam import files
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY, KINDS
from vcam.backgrounds.unknown import Unknown, Value
from vcam.errors import SettingsError
from vcam.frames import Size
from vcam.imaging.pictures import at_home, is_device
from vcam.imaging.resize import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.outputs.options import OutputOptions
from vcam.settings.power import PowerOptions
from vcam.sources.options import SourceOptions

T = TypeVar("T")
OURS = "vcam:"
"""What comes along is saved by its name: where vcam is installed may change."""
LARGEST = 1 << 20
"""Bytes of a settings file; a thousand are usual."""
Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Settings:
    """The whole wish.  Swapped whole, never edited in place."""

    source: SourceOptions = field(default_factory=SourceOptions)
    mask: MaskOptions = field(default_factory=MaskOptions)
    background: Background = field(default_factory=Blur)
    framing: FramingOptions = field(default_factory=FramingOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    power: PowerOptions = field(default_factory=PowerOptions)


def settings_path() -> Path:
    """Where the settings live: the platform's configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("vcam", appauthor=False) / "settings.toml"


def load(path: Path) -> Settings:
    """The settings in a TOML file; the defaults when there is no file.

    Raises :class:`~vcam.errors.SettingsError`, with the place and a suggestion, for
    anything that is not understood.
    """
    try:
        if is_device(path):  # a pipe would wait for its other end
            raise SettingsError(
                f"The settings {str(path)!r} are a device, not a file", "Name a file"
            )
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise SettingsError(
                f"The settings {str(path)!r} are too large: more than {LARGEST} bytes",
                "Mend or remove the file",
            )
        text = content.decode("utf-8-sig")  # editors on Windows write the mark
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The settings {str(path)!r} cannot be read: {_why(error)}",
            "Mend or remove the file",
        ) from error
    try:
        return from_table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"The settings {str(path)!r} are not TOML: {error}", "Mend or remove the file"
        ) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise SettingsError(
            f"The settings {str(path)!r} have a value that is too large: {error}",
            "Mend or remove the file",
        ) from error
    except SettingsError as error:
        raise SettingsError(f"In {str(path)!r}: {error.what}", error.remedy) from error


def save(settings: Settings, path: Path) -> None:
    """Write the settings to ``path``, wholly or not at all; a link stays a link."""
    text = to_toml(settings)
    try:
        files.write(path, text)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise SettingsError(
            f"The settings cannot be saved to {str(path)!r}: {_why(error)}",
            "Check the folder's permissions and space",
        ) from error


def _why(error: Exception) -> str:
    """Without the number, and without the name of a file that nobody knows."""
    return getattr(error, "strerror", None) or str(error)


def from_table(table: Mapping[str, Any]) -> Settings:
    """Build settings from plain tables, as TOML and JSON give them."""
    hints = get_type_hints(Settings)
    parts: dict[str, Any] = {}
    for section, values in table.items():
        if section not in hints:
            raise SettingsError(f"There is no section [{section}]", _hint(section, hints))
        if not isinstance(values, Mapping):
            raise SettingsError(f"{section} = {values!r} is not a section [{section}]")
        kind, values = hints[section], dict(values)
        if section == "background":
            name = values.pop("kind", Blur.kind)
            if not isinstance(name, str):
                raise SettingsError(f"There is no background {name!r}", _hint(name, KINDS))
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
        values = {
            each.name: _plain(getattr(options, each.name)) for each in fields(options)
        }
        values = {name: value for name, value in values.items() if value is not None}
        if part.name == "background":
            values = {"kind": options.kind, **values}
        table[part.name] = values
    return table


def to_toml(settings: Settings) -> str:
    """The settings as the text of a TOML file."""
    lines = ["# vcam writes this file anew at every change and keeps no other comment.", ""]
    for section, values in to_table(settings).items():
        lines += [f"[{section}]", *(f"{k} = {_toml(v)}" for k, v in values.items()), ""]
    return "\n".join(lines)


def _unknown(name: str, values: Mapping[str, Any]) -> Unknown:
    """Raises :class:`~vcam.errors.SettingsError` for what could not be saved again."""
    for option, value in values.items():
        if type(value) not in get_args(Value):
            raise SettingsError(
                f"There is no background {name!r} with {option} = {value!r}",
                _hint(name, KINDS),
            )
    return Unknown(name, tuple(values.items()))


def _options(kind: type[T], section: str, values: Mapping[str, Any]) -> T:
    hints = get_type_hints(kind)
    known = {each.name: each for each in fields(cast(Any, kind))}
    for name in values:
        if name not in known:
            raise SettingsError(f"[{section}] has no {name!r}", _hint(name, known))
    typed = {name: _typed(hints[name], section, name, v) for name, v in values.items()}
    for name, each in known.items():
        no_default = each.default is MISSING and each.default_factory is MISSING
        if no_default and name not in typed:
            raise SettingsError(f"[{section}] needs a value for {name!r}")
    return kind(**typed)


def _typed(hint: Any, section: str, name: str, value: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    if hint is Size:
        if isinstance(value, list) and [type(each) for each in value] == [int, int]:
            return Size(*value)
        wanted = "a size like [1280, 720]"
    elif hint is Path:
        if isinstance(value, str):
            name = value.removeprefix(OURS)
            return at_home(value) if name == value else GALLERY / name
        wanted = "a path in quotes"
    elif type(value) is hint or (hint is float and type(value) is int):
        return hint(value)
    else:
        names = {bool: "true or false", int: "a whole number", float: "a number"}
        wanted = names.get(hint, "a text in quotes")
    raise SettingsError(
        f"[{section}] {name} = {value!r} is not understood", f"Write {wanted}"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Size):
        return list(value)
    if isinstance(value, Path):
        return f"{OURS}{value.name}" if value.parent == GALLERY else str(value)
    return value


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise SettingsError(
                f"{value!r} cannot be saved: its name is not UTF-8", "Rename the file"
            ) from error
        escaped = "".join(
            f"\\{c}" if c in '"\\' else c if c.isprintable() else f"\\U{ord(c):08x}"
            for c in value
        )
        return f'"{escaped}"'
    return str(value)


def _hint(name: object, known: Iterable[str]) -> str:
    names = sorted(known)
    close = get_close_matches(str(name), names, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known are {', '.join(names)}"
