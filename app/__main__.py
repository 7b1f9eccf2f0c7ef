"""``python -m app COMMAND``: the command line."""

import argparse
import sys

from app.commands import (
    backup,
    clerk,
    demo,
    doctor,
    import_,
    migrate,
    move,
    restore,
    serve,
    token,
)

COMMANDS = (serve, migrate, demo, import_, clerk, token, doctor, backup, restore, move)


def main() -> int:
    """Run the command that was typed; without one, say which there are."""
    parser = argparse.ArgumentParser(prog="onhand", description="The stock screen of a shop.")
    parsers = parser.add_subparsers(metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(parsers)
    args = parser.parse_args()
    if "run" not in args:
        parser.print_help()
        return 0
    return int(args.run(args))


if __name__ == "__main__":
    sys.exit(main())
