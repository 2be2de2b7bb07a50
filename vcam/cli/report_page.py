"""The page that ``vcam report`` writes: one file that loads nothing and runs nothing."""

import base64
from collections.abc import Mapping
from html import escape

from vcam import __version__
from vcam.printable import printable

TERMS = {
    "Person": "How much of the picture the mask takes for the person.",
    "Edge": "Pixels with an alpha between 0.1 and 0.9: hair, blur, and doubt.",
    "Flicker": "How much the mask changes near its edge while the picture stands still: "
    "the mean standard deviation over 8 frames. Without a known truth it can be compared "
    "between masks of the same video only.",
    "Cost": "The median, on the computer that made this page.",
}
"""What a number means, by its name."""
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --soft: #57606a;
  --line: #d5d9de; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #182129; --ink: #e9eff4; --soft: #a3b1bd; --line: #3b4854; } }
body { margin: 0 auto; max-width: 1200px; padding: 24px 16px 48px; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 16px; overflow-wrap: anywhere; }
figure { margin: 0; overflow-x: auto; }
img { display: block; width: 100%; min-width: 760px; height: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0; margin: 24px 0; }
dt, dd { margin: 0; padding: 8px 0; border-top: 1px solid var(--line); }
dt { padding-right: 24px; font-weight: 600; }
dd { overflow-wrap: anywhere; }
dd small { display: block; }
small, footer { color: var(--soft); font-size: 14px; }
"""


def page(name: str, facts: Mapping[str, str], light: bytes, dark: bytes) -> bytes:
    """The page about the file ``name``, with the figure as PNG for both colour schemes."""
    title = escape(printable(name))
    rows = "".join(
        f"<dt>{escape(term)}</dt><dd>{escape(printable(value))}{_meaning(term)}</dd>\n"
        for term, value in facts.items()
    )
    # The policy forbids every script and every request, whatever a name contains.
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – vcam report</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<figure><picture>
<source media="(prefers-color-scheme: dark)" srcset="{_data(dark)}">
<img src="{_data(light)}" alt="Frames, masks and results; the numbers are below">
</picture></figure>
<dl>
{rows}</dl>
<footer>Made by vcam {__version__} on your computer. Everything is in this file, also your
room; nothing is loaded from elsewhere.</footer>
</body>
</html>
""".encode()


def _meaning(term: str) -> str:
    return f"<small>{escape(TERMS[term])}</small>" if term in TERMS else ""


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
