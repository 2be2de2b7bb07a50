"""The scripts of ``vcam completion``, made from the parsers of all commands."""

import shlex
from collections.abc import Iterable, Mapping

from vcam.backgrounds.choosing import KINDS, gallery
from vcam.cli.grammar import Command, commands
from vcam.imaging.options import FITS
from vcam.imaging.orientation import QUARTERS
from vcam.masking.options import CHOICES
from vcam.settings.profile_options import WORDS
from vcam.settings.profiles import names
from vcam.settings.words import OPTIONS, SHARES, TOGGLE, UNSET, WHOLE

BASH = """\
_vcam() {{
    local word words=() cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
    local command=${{COMP_WORDS[1]}} key=
    # bash takes KEY=VALUE for three words.
    [ "$prev" = = ] && key=${{COMP_WORDS[COMP_CWORD-2]}}
    [ "$cur" = = ] && key=$prev cur=
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=({commands} --help --version)
    elif [ "$command" = set ] && [ -n "$key" ]; then
        case "$key" in
{settings}
        esac
    else
        case "$command $prev" in
{values}
        *) case "$command" in
{arguments}
            esac ;;
        esac
    fi
    for word in "${{words[@]}}"; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf %q "$word")")
    done
    [[ ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace 2>/dev/null
    return 0
}}
complete -o default -F _vcam vcam
"""
ZSH = """\
#compdef vcam
_vcam() {{
    local cur=$words[CURRENT] prev=$words[CURRENT-1] command=$words[2]
    local -a found
    if (( CURRENT == 2 )); then
        found=({commands})
        _describe command found
    elif [[ $command == set && $cur == *=* ]]; then
        case ${{cur%%=*}} in
{settings}
        esac
        compset -P '*='
        compadd -a found
        _files
    else
        case "$command $prev" in
{values}
        esac
        if (( $#found )); then
            compadd -a found
            return
        fi
        case $command in
{arguments}
        esac
        if [[ $command == set && $cur != -* ]]; then
            compadd -S '' -a found
        elif [[ $cur == -* || $found[1] != -* ]]; then
            compadd -a found
        else
            _files
        fi
    fi
}}
if [[ $funcstack[1] == _vcam ]]; then _vcam "$@"; else compdef _vcam vcam; fi
"""


def bash() -> str:
    """For bash 3.2 and newer."""
    every = tuple(commands())
    return BASH.format(
        commands=_quoted(each.name for each in every),
        settings=_cases(_settings(), "words"),
        values=_cases(_values(every), "words"),
        arguments=_cases(_words(every), "words"),
    )


def zsh() -> str:
    """For zsh, after ``compinit``, or as the file ``_vcam`` in ``fpath``."""
    every = tuple(commands())
    return ZSH.format(
        commands=_quoted(f"{each.name}:{each.summary}" for each in every),
        settings=_cases(_settings(), "found"),
        values=_cases(_values(every), "found"),
        arguments=_cases(_words(every), "found"),
    )


def fish() -> str:
    """For fish 3 and newer."""
    lines = ["complete -c vcam -e"]
    for each in commands():
        lines.append(
            f"complete -c vcam -f -n __fish_use_subcommand -a {each.name} "
            f"-d {_fish(each.summary)}"
        )
        start = f"complete -c vcam -n '__fish_seen_subcommand_from {each.name}'"
        values = _values([each])
        for argument in each.options:
            words = values.get(f"{each.name} {argument.names[-1]}", ())
            names = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                for name in argument.names
            )
            takes = " -r" * bool(argument.value or words)
            takes += f" -a {_fish_words(words)}" * bool(words)
            lines.append(f"{start} {names}{takes} -d {_fish(argument.help)}")
        places = [word for word in _words([each])[each.name] if not word.startswith("-")]
        if each.name == "set":
            places += [f"{key}={word}" for key, of in _settings().items() for word in of]
        if places:
            lines.append(f"{start} -f -a {_fish_words(places)}")
    return "\n".join(lines) + "\n"


SCRIPTS = {"bash": bash, "zsh": zsh, "fish": fish}
"""The scripts by their shells."""


def _words(every: Iterable[Command]) -> dict[str, tuple[str, ...]]:
    """By command: what may come next."""
    return {
        each.name: (
            *(f"{key}=" for key in _settings() if each.name == "set"),
            *(_profiles() if each.name == "profile" else ()),
            *(word for one in each.arguments if not one.names for word in one.choices),
            *(name for one in each.options for name in one.names if name[:2] == "--"),
        )
        for each in every
    }


def _values(every: Iterable[Command]) -> dict[str, tuple[str, ...]]:
    """By command and option: what may be its value."""
    found: dict[str, tuple[str, ...]] = {}
    for each in every:
        for one in each.options:
            words = _backgrounds() if "--background" in one.names else one.choices
            found |= {f"{each.name} {name}": words for name in one.names if words}
    return found


def _settings() -> dict[str, tuple[str, ...]]:
    """The keys of ``vcam set`` with the values that can be named, in the usual order."""
    choices = {**CHOICES, "fit": FITS, "rotate": tuple(map(str, QUARTERS))}
    short = [name.partition(".")[2] for name in OPTIONS]
    found = {"background": _backgrounds(), **dict.fromkeys(WHOLE, ("on", "off"))}
    for name, hint in OPTIONS.items():
        option = name.partition(".")[2]
        key = option if short.count(option) == 1 else name
        switch = ("on", "off", TOGGLE) if hint is bool or name in SHARES else ()
        found[key] = (*switch, *choices.get(option, ()), UNSET)
    return found


def _profiles() -> tuple[str, ...]:
    return (*WORDS, *(each for each in names() if each.isprintable()))


def _backgrounds() -> tuple[str, ...]:
    kinds = (name for name, kind in KINDS.items() if kind.named("") is not None)
    names = (each.name for each in gallery() if each.name.isprintable())
    return (*kinds, *names)


def _cases(table: Mapping[str, tuple[str, ...]], variable: str) -> str:
    """As branches of a ``case``, one for all keys with the same words."""
    keys: dict[tuple[str, ...], list[str]] = {}
    for key, words in table.items():
        if words:
            keys.setdefault(words, []).append(shlex.quote(key))
    return "\n".join(
        f"        {'|'.join(each)}) {variable}=({_quoted(words)}) ;;"
        for words, each in keys.items()
    )


def _quoted(words: Iterable[str]) -> str:
    return " ".join(map(shlex.quote, words))


def _fish(text: str) -> str:
    return "'{}'".format(text.replace("\\", r"\\").replace("'", r"\'"))


def _fish_words(words: Iterable[str]) -> str:
    # Twice: when the script is read, and when something is completed.
    return _fish(" ".join(map(_fish, words)))
