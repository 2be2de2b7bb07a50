"""Print a script that completes commands, options, choices and names in your shell.

Load it when the shell starts; the names are those of then.  Bash, in ~/.bashrc:
source <(vcam completion bash); zsh, in ~/.zshrc after compinit: source <(vcam completion
zsh); fish, in ~/.config/fish/config.fish: vcam completion fish | source"""

import argparse

from vcam.cli.streams import tell

SHELLS = ("bash", "zsh", "fish")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=SHELLS, help="whose script is printed")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    from vcam.cli import completion_scripts

    tell(*getattr(completion_scripts, arguments.shell)().splitlines())
    return 0
