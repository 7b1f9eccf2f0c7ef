"""``python -m tests.faults.careless BUG[,BUG] serve``: the program with a bug put back.

A trial proves something only if it finds the bug that it is there for. With ``pytest`` and its
arguments in place of a command tests are run that way, and every server that they start.
"""

import sys
from importlib import import_module

import pytest

from app.__main__ import main
from app.database import DB
from tests import server
from tests.faults.careless.bugs import BUGS, put

if __name__ == "__main__":
    for module in ("asking", "commands", "rules", "transactions" if DB.is_file else "sessions"):
        import_module(f"tests.faults.careless.{module}")  # which makes its bugs known
    names = sys.argv.pop(1)
    for name in names.split(","):
        BUGS[name]()
    if sys.argv[1] == "pytest":
        onhand = (sys.executable, "-m", "tests.faults.careless", names)
        put(server, ONHAND=onhand, SERVE=(*onhand, "serve"))
        put(server.Server.__init__, __kwdefaults__={"program": server.SERVE})
        sys.exit(pytest.main(sys.argv[2:]))
    sys.exit(main())
