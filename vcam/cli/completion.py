"""Print a script that completes commands, options, choices and names in your shell.

Load it when the shell starts, so that the names are up to date. bash, in ~/.bashrc: eval
"$(vcam completion bash)"; zsh, in ~/.zshrc after compinit: eval "$(vcam completion zsh)";
fish, in ~/.config/fish/config.fish: vcam completion fish | source"""

import argparse

from vcam.cli.streams import tell
from vcam.translation import tr

SHELLS = ("bash", "zsh", "fish")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=SHELLS, help=tr("the shell that runs the script"))


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    from vcam.cli import completion_scripts

    tell(*completion_scripts.SCRIPTS[arguments.shell]().splitlines())
    return 0
