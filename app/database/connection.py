"""The one database of this process."""

from app.database.engine import Database
from app.database.postgres import PostgresEngine
from app.database.sqlite import SQLiteEngine
from app.settings import settings
from app.settings.values import is_address


def engine_for(shop: str, *, replica: str = "") -> Database:
    """The one that keeps this shop: a path, or the address of a database."""
    return PostgresEngine(shop, replica=replica) if is_address(shop) else SQLiteEngine(shop)


DB = engine_for(settings.database, replica=settings.replica)
