"""The administrator's file: where it is, and what it says."""

import logging
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY, KINDS, gallery, of_file
from vcam.backgrounds.color import Color
from vcam.errors import PolicyError, SettingsError, UsageError
from vcam.files import is_device
from vcam.imaging.css_colour import parse_color
from vcam.reasons import reason
from vcam.settings import LARGEST, from_table
from vcam.settings.former_names import present_names
from vcam.settings.policy import NO_POLICY, WHOLE, Policy
from vcam.settings.power import PowerOptions
from vcam.settings.values import hint_of
from vcam.translation import quoted, tr

log = logging.getLogger(__name__)

NAME = "policy.toml"
COMMON_DATA = 0x23
"""Windows' number for the folder that is usually ``C:\\ProgramData``."""
OPTIONS: dict[str, tuple[type, ...]] = {
    "room": (bool,),
    "blur": (int, float),
    "backgrounds": (list,),
    "serve": (bool,),
    "cpu_budget": (int, float),
    "contact": (str,),
    "pin": (dict,),
}
"""What a policy may say, and the types of its values."""
_read: tuple[object, Policy] = None, NO_POLICY
"""What was read last, and of which version of which file."""


def place() -> Path:
    """Where the policy of this system is; only an administrator can write there.

    No variable of the environment is asked: those are the user's.
    """
    if sys.platform == "win32":
        import ctypes

        found = ctypes.create_unicode_buffer(260)
        ctypes.windll.shell32.SHGetFolderPathW(None, COMMON_DATA, None, 0, found)
        return Path(found.value or r"C:\ProgramData") / "vcam" / NAME
    if sys.platform == "darwin":
        return Path("/Library/Application Support/vcam") / NAME
    return Path("/etc/vcam") / NAME


def policy() -> Policy:
    """The policy that is in force now.  Raises nothing.

    The file is read again when it has changed, or could not be read.  One that is not
    understood forbids everything: nobody knows what it was meant to allow.
    """
    global _read
    path = place()
    try:
        about = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.is_symlink():  # to a drive that is not there at the moment
            return _broken(path, reason(error))
        _read = None, NO_POLICY
        return NO_POLICY
    except OSError as error:
        return _broken(path, reason(error))
    # A change of who may read it counts, too.
    version = path, about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino
    before, known = _read
    if before != version:
        try:
            known = _understood(path)
        except OSError as error:  # perhaps for a moment
            return _broken(path, reason(error))
        if known.broken:
            log.warning("%s", known.broken)  # whoever asks is told anyway
        _read = version, known
    return known


def _broken(path: Path, why: str) -> Policy:
    what = tr("The policy {file} is not understood: {reason}", file=str(path), reason=why)
    return Policy(str(path), what)


def _understood(path: Path) -> Policy:
    """Raises :class:`OSError` alone."""
    try:
        if is_device(path):  # a pipe would wait for its other end
            return _broken(path, tr("it is a device, not a file"))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _broken(path, tr("it is too large"))
        return policy_of(tomllib.loads(content.decode("utf-8-sig")), path)
    except OSError:
        raise
    except SettingsError as error:
        return _broken(path, error.what)
    except (ValueError, RecursionError, OverflowError) as error:  # not TOML, not UTF-8
        return _broken(path, str(error))
    except Exception as error:  # a bug must not allow what was to be forbidden
        log.exception("a bug in reading the policy")
        return _broken(path, str(error))


def policy_of(table: Mapping[str, Any], path: Path) -> Policy:
    """The policy that ``table`` says; raises :class:`~vcam.errors.SettingsError`."""
    for name, value in table.items():
        if name not in OPTIONS:
            what = tr("there is no option {name}", name=repr(name))
            raise PolicyError(f"{what}. {hint_of(name, OPTIONS)}")
        if type(value) not in OPTIONS[name]:
            raise PolicyError(tr("{text} is not understood", text=f"{name} = {value!r}"))
    given = {name: value for name, value in table.items() if name != "pin"}
    if "backgrounds" in given:
        given["backgrounds"] = tuple(map(_background, given["backgrounds"]))
        if not given["backgrounds"]:
            raise PolicyError(tr("backgrounds is an empty list"))
    if "blur" in given:
        given["blur"] = Blur(float(given["blur"])).strength
    if "cpu_budget" in given:
        given["cpu_budget"] = PowerOptions(cpu_budget=float(given["cpu_budget"])).cpu_budget
    made = Policy(str(path), pinned=_pinned(table.get("pin", {})), **given)
    for each in made.backgrounds:
        if not made.allows(each):
            raise PolicyError(
                tr("it lists the background {name} and forbids it", name=str(each))
            )
    return made


def _background(text: object) -> Background:
    """An entry of the list.  Names are of vcam's own gallery: users can add to theirs."""
    word = text.strip() if isinstance(text, str) else ""
    kind, _, value = word.partition(":")
    try:
        if kind.lower() in KINDS and (meant := KINDS[kind.lower()].named(value)):
            return meant
    except UsageError as error:
        raise PolicyError(error.what) from error
    if word and parse_color(word):
        return Color(word)
    for entry in gallery(GALLERY):
        if entry.name == word.lower():
            return entry.background()
    if Path(word).is_absolute():
        return of_file(Path(word))
    raise PolicyError(
        tr(
            "{name} is no background of vcam's own, nor a whole path",
            name=quoted(text),
        )
    )


def _pinned(table: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The values of ``[pin]``, by section and option."""
    if "background" in table:
        raise PolicyError(tr("[pin] has a background; list it in backgrounds"))
    settings = from_table(table)
    pinned: dict[str, dict[str, Any]] = {}
    for section, written in table.items():
        options, values = getattr(settings, section), present_names(section, written)
        names = [each.name for each in fields(options)] if section in WHOLE else values
        pinned[section] = {name: getattr(options, name) for name in names}
        for name, value in pinned[section].items():
            # As it is written: what begins with a tilde is wherever the user says.
            at_home = str(values.get(name, "")).startswith("~")
            if isinstance(value, Path) and (at_home or not value.is_absolute()):
                raise PolicyError(
                    tr("{option} is not a whole path", option=f"{section}.{name}")
                )
    return pinned
