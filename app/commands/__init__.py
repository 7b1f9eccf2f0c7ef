"""What can be done from the command line; one module for each command."""

from argparse import ArgumentParser
from typing import Protocol


class Parsers(Protocol):
    """Where a command adds its own parser."""

    def add_parser(self, name: str, *, help: str) -> ArgumentParser: ...  # noqa: A002
