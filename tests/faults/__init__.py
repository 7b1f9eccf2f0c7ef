"""The battery: faults made on purpose, and what the books say afterwards."""

import app  # noqa: F401 - the SQLite that it brings is the one that audits
