"""How fast the program is, measured from outside. No tests, and pytest collects none of it."""

import app  # noqa: F401 - first of all, so that everybody here has the SQLite of the server
