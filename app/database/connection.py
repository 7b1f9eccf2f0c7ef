"""The one database of this process."""

from app.database.engine import Database
from app.database.postgres import PostgresEngine
from app.database.sqlite import SQLiteEngine
from app.settings import settings


def engine_for(shop: str) -> Database:
    """The one that keeps this shop: a path, or the address of a database."""
    return (
        PostgresEngine(shop)
        if shop.startswith(("postgresql://", "postgres://"))
        else SQLiteEngine(shop)
    )


DB = engine_for(settings.database)
