"""Former names of options, which are still read.  A changed option gets its new name."""

from collections.abc import Mapping
from typing import Any, Final

from vcam.errors import SettingsError
from vcam.translation import tr

FORMER_NAMES: Final = {
    "mask.second_look": "mask.close_up_every",
    "mask.mirrored_look": "mask.flip_average",
    "mask.fine": "mask.fine_edges",
    "mask.blobs": "mask.remove_strays",
    "mask.close_weight": "mask.close_up_weight",
    "mask.plate": "mask.clean_plate",
}
"""The present full names of options by their former full names."""
OTHERS_NOW: Final = {"mask.mirror": "mask.flip_average"}
"""The same for options whose former last part alone means another option today."""


def present_names(section: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a section by the present names of their options.

    Raises :class:`~vcam.errors.SettingsError` for an option that has both names.
    """
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        present = present_name(f"{section}.{name}").removeprefix(f"{section}.")
        if present != name and present in values:
            raise SettingsError(
                tr(
                    "[{section}] has both {present} and its former name {former}",
                    section=section,
                    present=repr(present),
                    former=repr(name),
                ),
                tr("Remove {name}", name=repr(name)),
            )
        renamed[present] = value
    return renamed


def present_name(key: str) -> str:
    """The present name of an option, by its full name or its last part alone."""
    if key in FORMER_NAMES | OTHERS_NOW:
        return (FORMER_NAMES | OTHERS_NOW)[key]
    for former, present in FORMER_NAMES.items():
        if key == former.partition(".")[2]:
            return present.partition(".")[2]
    return key
