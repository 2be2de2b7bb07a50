"""Options that a program gives are of the types that they say."""

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from vcam.errors import SettingsError
from vcam.translation import tr

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def check_types(options: "DataclassInstance") -> None:
    """Raise SettingsError for a number or a switch that is something else.

    Which of the two it must be is told by what it is when it is left out.
    """
    for field in fields(options):
        value, usual = getattr(options, field.name), field.default
        if usual is MISSING:
            continue
        if isinstance(usual, bool):
            if not isinstance(value, bool):
                raise SettingsError(
                    tr(
                        "{option} is {value!r}, which is neither true nor false",
                        option=field.name,
                        value=value,
                    )
                )
        elif isinstance(usual, float) and (
            isinstance(value, bool) or not isinstance(value, (int, float))
        ):
            raise SettingsError(
                tr(
                    "{option} is {value!r}, which is not a number",
                    option=field.name,
                    value=value,
                )
            )
