"""The texts of the page, in the user's language.

In the HTML files a message stands in double braces, ``{{Try it}}``.  In the scripts it is
a literal inside ``tr("…")`` or ``trCount("…", "…", count)`` of ``translation.js``, which
imports what :func:`script` makes.
"""

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from vcam import translation

STATIC = Path(__file__).parent / "static"
IN_HTML = re.compile(r"\{\{(.+?)\}\}")
_LITERAL = r'("(?:[^"\\]|\\.)*")'
IN_SCRIPT = re.compile(rf"\btr\(\s*{_LITERAL}")
COUNTED_IN_SCRIPT = re.compile(rf"\btrCount\(\s*{_LITERAL},\s*{_LITERAL}")
COUNTS = range(200)
"""Counts whose plural form the page is told; those of every further hundred are alike."""


def html(name: str) -> str:
    """One of the HTML files, in the user's language."""
    language = translation.catalogue().info().get("language", "en").replace("_", "-")
    text = (STATIC / name).read_text("utf-8").replace('lang="en"', f'lang="{language}"', 1)
    return IN_HTML.sub(lambda found: escape(translation.tr(found[1])), text)


def script() -> str:
    """A module that exports each message of the scripts with its translation.

    Those with a count are ``{"forms": [text, …], "which": [form, …]}``: the place of the
    form among the texts for every count of :data:`COUNTS`.
    """
    catalogue = translation.catalogue()
    messages: dict[str, object] = {}
    for one, many in in_scripts():
        if many is None:
            messages[one] = catalogue.gettext(one)
        else:
            found = [catalogue.ngettext(one, many, count) for count in COUNTS]
            forms = list(dict.fromkeys(found))
            which = [forms.index(form) for form in found]
            messages[one] = {"forms": forms, "which": which}
    return f"export default {json.dumps(messages)};\n"


def in_scripts() -> Iterator[tuple[str, str | None]]:
    """Each message of the scripts, and its plural if it has one."""
    for path in sorted(STATIC.glob("*.js")):
        text = path.read_text("utf-8")
        for found in IN_SCRIPT.finditer(text):
            yield json.loads(found[1]), None
        for found in COUNTED_IN_SCRIPT.finditer(text):
            yield json.loads(found[1]), json.loads(found[2])
