"""Finds the messages in vcam's source: those that are marked, and those that are not."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import vcam
from vcam import translation
from vcam.cli.parsing import described
from vcam.studio import page

PACKAGE = Path(vcam.__file__).parent
MARKS = {"tr": 1, "tr_count": 2, "translatable": 1}
"""The functions of `vcam.translation`, and how many of their arguments are messages."""
FOR_PROGRAMMERS = {"TypeError", "ValueError", "AssertionError", "RuntimeError", "KeyError"}
FOR_PROGRAMMERS |= {"NotImplementedError", "LookupError", "OSError", "TypeVar", "cast"}
FOR_PROGRAMMERS |= {"AttributeError"}
LOGS = {"log", "logger", "LOG", "_log", "logging", "warnings", "re", "struct"}


@dataclass(frozen=True)
class Text:
    """A string in the source."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"vcam/{self.path}:{self.line}: {self.text!r}"


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def marked() -> Iterator[tuple[Text, str | None]]:
    """Each message, and its plural if it has one."""
    for path, tree in trees():
        if is_command(path, tree):
            yield Text(path, 1, described(ast.get_docstring(tree) or "")), None
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in MARKS:
                count = MARKS[_name(node.func)]
                literal = [_literal(argument) for argument in node.args[:count]]
                if literal[0] is not None:
                    plural = literal[1] if count == 2 else None
                    yield Text(path, node.lineno, literal[0]), plural

    for name, one, many in of_the_page():
        yield Text(f"studio/static/{name}", 0, one), many


def of_the_page() -> Iterator[tuple[str, str, str | None]]:
    """Each message in the HTML and the scripts of the studio's page, by the file's name."""
    for path in sorted(page.STATIC.glob("*.html")):
        for found in page.IN_HTML.finditer(path.read_text("utf-8")):
            yield path.name, found[1], None
    for one, many in page.in_scripts():
        yield "*.js", one, many


def is_command(path: str, tree: ast.Module) -> bool:
    """Whether its docstring is shown as the description of a command."""
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return path.startswith("cli/") and "configure" in names


def unmarked() -> Iterator[Text]:
    """Each string of two words or more that no catalogue knows."""
    for path, tree in trees():
        skipped: set[int] = set()
        for node in ast.walk(tree):  # parents come before their children
            if id(node) in skipped or not _may_hold_messages(node):
                skipped.update(map(id, ast.walk(node)))
                continue
            text = _literal(node)
            if text is not None:
                skipped.update(map(id, ast.walk(node)))
                if has_words(text):
                    yield Text(path, getattr(node, "lineno", 0), text)


def _may_hold_messages(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = _name(node.func)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        is_log = isinstance(owner, ast.Name) and owner.id in LOGS
        return not (name in MARKS or name in FOR_PROGRAMMERS or is_log)
    if isinstance(node, ast.Expr):  # a docstring
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        # A type that is not defined yet is no message.
        return not re.search(r" \| |^[\w.]+\[.*\]$", node.value)
    return not isinstance(node, ast.Assert | ast.arg)


def _literal(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) or "{}" for part in node.values)
    return None


def has_words(text: str) -> bool:
    """Whether it may be a message: two words or more, and neither code nor a path."""
    return len(re.findall(r"(?<![\w/.<{-])[A-Za-zé]*[a-z][a-z'’]+\b(?![\w/=])", text)) > 1


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class Pseudo(gettext.NullTranslations):
    """A language that is English in brackets; values stand outside of them.

    ``The camera {name} is busy`` becomes ``⟦The camera ⟧{name}⟦ is busy⟧``.
    """

    def gettext(self, message: str) -> str:
        inside = re.sub(r"(?<!\{)\{\w*[^{}]*\}(?!\})", r"⟧\g<0>⟦", message)
        return f"⟦{inside}⟧".replace("⟦⟧", "")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that vcam says through its catalogues stands in brackets, see `untranslated`."""
    monkeypatch.setattr(translation, "catalogue", Pseudo)


def untranslated(text: str) -> list[str]:
    """What of ``text`` is not in brackets: names, values, and what was forgotten."""
    outside = (part.strip(" \n.,:;!?()…") for part in re.split(r"⟦[^⟧]*⟧", text))
    return [part for part in outside if re.search(r"[^\W\d_]", part)]
