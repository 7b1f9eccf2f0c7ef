"""The one database of this process."""

from app.database.engine import Database
from app.database.postgres import PostgresEngine
from app.database.sqlite import SQLiteEngine
from app.settings import settings


def _engine(shop: str) -> Database:
    return PostgresEngine(shop) if shop.startswith("postgres") else SQLiteEngine(shop)


DB = _engine(settings.database)
