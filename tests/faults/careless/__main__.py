"""``python -m tests.faults.careless BUG[,BUG] serve``: the program with a bug put back.

A trial proves something only if it finds the bug that it is there for.
"""

import sys
from importlib import import_module

from app.__main__ import main
from app.database import DB
from tests.faults.careless.bugs import BUGS

if __name__ == "__main__":
    for module in ("rules", "transactions" if DB.is_file else "sessions"):
        import_module(f"tests.faults.careless.{module}")  # which makes its bugs known
    for name in sys.argv.pop(1).split(","):
        BUGS[name]()
    sys.exit(main())
