"""Onhand: the stock screen a store clerk keeps open all day."""

import sys
from contextlib import suppress

__version__ = "0.1.0"

# A SQLite that has the WAL-reset fix (3.51.3), where the platform offers one. It has to be in place
# before Piccolo imports sqlite3, and this package is imported before everything else of ours.
with suppress(ImportError):
    import pysqlite3.dbapi2

    sys.modules["sqlite3"] = pysqlite3.dbapi2
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
