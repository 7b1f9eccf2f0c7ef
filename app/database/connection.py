"""The one database of this process."""

from app.database.engine import SQLiteEngine
from app.settings import settings

DB = SQLiteEngine(settings.database)
