"""The markup of the page of ``vcam report``, without a word that a person reads."""

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

# The policy forbids every script and every request, whatever a name contains.
PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<figure><picture>
<source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img src="{light}" alt="{pictured}">
</picture></figure>
<dl>
{rows}</dl>
<footer>{made}</footer>
</body>
</html>
"""
"""To be filled with what is escaped already; ``style`` is :data:`STYLE`."""
