"""Arguments that several commands share, and what becomes of them."""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam.errors import UsageError
from vcam.frames import Size
from vcam.imaging.options import FITS, FramingOptions
from vcam.imaging.orientation import QUARTERS
from vcam.masking.names import ENGINE_NAMES, PRESET_NAMES
from vcam.sources.options import SourceOptions
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.masking.options import MaskOptions
    from vcam.settings import Settings


def add_background(
    parser: argparse.ArgumentParser, default: str | None, said: str | None = None
) -> None:
    """``--background`` and ``--fit``; ``said``: the default, where it is known later."""
    from vcam.backgrounds.choosing import KINDS

    usages = ", ".join(tr(kind.usage) for kind in KINDS.values())
    text = tr("{kinds}, or a name from 'vcam backgrounds'", kinds=usages)
    if usual := said or default:
        text = tr(
            "{kinds}, or a name from 'vcam backgrounds' (default: {default})",
            kinds=usages,
            default=usual,
        )
    parser.add_argument(
        "-b",
        "--background",
        metavar=tr("WHAT"),
        default=default,
        help=text.replace("%", "%%"),
    )
    parser.add_argument(
        "--fit",
        choices=FITS,
        help=tr("how a picture or video is brought to size (default: cover)"),
    )


def port(text: str) -> int:
    """A port to serve the picture at, ``on``, or ``off``, which is 0."""
    from vcam.outputs.options import port

    try:
        return port(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            tr("{text} is not a port like 8226, nor on or off", text=repr(text))
        ) from None


def add_mask(parser: argparse.ArgumentParser) -> None:
    """``--preset``, ``--engine``, ``--edge``, and what else the mask has."""
    group = parser.add_argument_group(tr("mask"))
    group.add_argument(
        "--preset", choices=PRESET_NAMES, help=tr("quality against processor time")
    )
    group.add_argument("--engine", choices=ENGINE_NAMES, help=tr("what runs the model"))
    group.add_argument(
        "--edge",
        type=float,
        metavar=tr("PIXELS"),
        help=tr(
            "grow (up to 12) or shrink (down to -12) the person, in pixels of a picture "
            "720 pixels high"
        ),
    )
    group.add_argument(
        "--feather",
        type=float,
        metavar=tr("PIXELS"),
        help=tr("soften the edge over 0 to 24 of these pixels"),
    )
    group.add_argument(
        "--smoothing",
        type=float,
        metavar=tr("SHARE"),
        help=tr("calm what does not move: 0 not at all, up to 0.95"),
    )
    group.add_argument(
        "--mask-option",
        action="append",
        default=[],
        metavar=tr("OPTION=VALUE"),
        help=tr("any option of the mask, as in the settings file; may be repeated"),
    )


def add_turn(parser: argparse.ArgumentParser) -> None:
    """``--rotate`` and ``--flip``."""
    parser.add_argument(
        "--rotate",
        type=int,
        choices=QUARTERS,
        help=tr("turn the picture clockwise by that many degrees"),
    )
    parser.add_argument(
        "--flip",
        action=argparse.BooleanOptionalAction,
        help=tr("exchange top and bottom, after rotating"),
    )


def turned(
    arguments: argparse.Namespace, base: SourceOptions = SourceOptions()
) -> SourceOptions:
    """``base`` with what the user gave on the command line."""
    given = {
        name: value
        for name in ("rotate", "flip")
        if (value := getattr(arguments, name)) is not None
    }
    return replace(base, **given)


def add_framing(parser: argparse.ArgumentParser) -> None:
    """``--framing``."""
    parser.add_argument(
        "--framing",
        choices=("auto", "off"),
        help=tr("auto: follow you, head and shoulders stay in the middle"),
    )


def framing(
    arguments: argparse.Namespace, base: FramingOptions = FramingOptions()
) -> FramingOptions:
    """``base`` with what the user gave on the command line."""
    if arguments.framing is None:
        return base
    return replace(base, auto=arguments.framing == "auto")


def add_overlay(parser: argparse.ArgumentParser) -> None:
    """``--overlay``, ``--name`` and ``--line``."""
    group = parser.add_argument_group(tr("over the picture"))
    group.add_argument(
        "--overlay",
        metavar=tr("FILE"),
        help=tr("a picture with transparency, such as a logo; off: none"),
    )
    group.add_argument(
        "--name", metavar=tr("TEXT"), help=tr("a name plate; an empty text: none")
    )
    group.add_argument(
        "--line", metavar=tr("TEXT"), help=tr("a second line on the name plate")
    )


def with_overlay(arguments: argparse.Namespace, settings: "Settings") -> "Settings":
    """``settings`` with what the user gave on the command line."""
    given = {
        "overlay": arguments.overlay,
        "name_plate.name": arguments.name,
        "name_plate.line": arguments.line,
    }
    words = [f"{key}={text}" for key, text in given.items() if text is not None]
    if not words:
        return settings
    from vcam.settings.edits import edit_of

    return edit_of(words, Path(), settings)(settings)


def mask(arguments: argparse.Namespace, base: "MaskOptions | None" = None) -> "MaskOptions":
    """``base`` with what the user gave on the command line."""
    from vcam.masking.options import MaskOptions

    given: dict[str, Any] = {
        name: value
        for name in ("preset", "engine", "edge", "feather", "smoothing")
        if (value := getattr(arguments, name)) is not None
    }
    options = replace(base or MaskOptions(), **given)
    if not arguments.mask_option:
        return options
    from vcam.settings import Settings
    from vcam.settings.edits import edit_of

    settings = Settings(mask=options)
    words = [f"mask.{word}" for word in arguments.mask_option]
    return edit_of(words, Path(), settings)(settings).mask


def size(text: str) -> Size:
    """An argument like ``1280x720``."""
    match = re.fullmatch(r"(\d{1,5})[x×:](\d{1,5})", text.strip().lower())
    if match is None:
        raise argparse.ArgumentTypeError(
            tr("{text} is not a size; write it like 1280x720", text=repr(text))
        )
    return Size(int(match[1]), int(match[2]))


def cpu_budget(text: str) -> float:
    """An argument like ``40%``; ``auto`` is 0."""
    from vcam.settings.power import budget

    try:
        return budget(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            tr(
                "{text} is not a share of a core; write it like 40%, or auto",
                text=repr(text),
            )
        ) from None


def out_of_range(option: str, least: float, most: float) -> UsageError:
    """For ``option``, written with its value."""
    return UsageError(
        tr("{option} is out of range", option=option),
        tr("Choose {least} to {most}", least=f"{least:g}", most=f"{most:g}"),
    )


def drawable(size: Size) -> Size:
    """``size``, if the presenter can be drawn so; raises UsageError otherwise."""
    fits = 160 <= size.width <= 3840 and 90 <= size.height <= 2160
    if size.width % 2 or size.height % 2 or not fits:
        raise UsageError(
            tr("{option} cannot be drawn", option=f"--size {size}"),
            tr("Choose even numbers, from 160x90 to 3840x2160"),
        )
    return size
