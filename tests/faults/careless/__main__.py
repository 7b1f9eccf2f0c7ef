"""``python -m tests.faults.careless BUG[,BUG] serve``: the program with a bug put back.

A trial proves something only if it finds the bug that it is there for.
"""

import sys

from app.__main__ import main
from tests.faults.careless import rules, transactions  # noqa: F401 - they make themselves known
from tests.faults.careless.bugs import BUGS

if __name__ == "__main__":
    for name in sys.argv.pop(1).split(","):
        BUGS[name]()
    sys.exit(main())
