"""A name is one clerk's or programs', and what happened at the door is never changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Boolean, Varchar
from piccolo.table import Table

from app.database import DB

ID = "2026-11-21T08:48:11:164058"
VERSION = "1.38.0"
DESCRIPTION = "A name is one clerk's or programs'; what happened at the door is append-only"

REFUSAL = "access_event is append-only"
APPEND_ONLY = {  # but for what is old enough to be forgotten
    "sqlite": [
        "CREATE TRIGGER access_event_no_update BEFORE UPDATE ON access_event "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        "CREATE TRIGGER access_event_no_delete BEFORE DELETE ON access_event "
        "WHEN OLD.happened_at > datetime('now', '-179 days') "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ],
    "postgres": [
        "CREATE FUNCTION access_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND OLD.happened_at <= now() - interval '179 days' THEN RETURN OLD; "
        f"END IF; RAISE EXCEPTION '{REFUSAL}'; END $$",
        "CREATE TRIGGER access_event_append_only BEFORE UPDATE OR DELETE ON access_event "
        "FOR EACH ROW EXECUTE FUNCTION access_event_append_only()",
    ],
}


class Clerk(Table, tablename="clerk"):
    id = BigSerial(primary_key=True)
    name_key = Varchar(length=100)


class ApiToken(Table, tablename="api_token"):
    id = BigSerial(primary_key=True)
    name = Varchar(length=100)


class ActorName(Table, tablename="actor_name"):
    id = BigSerial(primary_key=True)
    name_key = Varchar(length=100)
    is_program = Boolean()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="accounts", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """A program that was called as a clerk is gets another name."""
    people = {row["name_key"] for row in await Clerk.select(Clerk.name_key)}
    programs = set()
    for token in await ApiToken.select(ApiToken.id, ApiToken.name):
        key = " ".join(token["name"].casefold().split())
        if key in people:
            name = f"{token['name'][:80]} (token {token['id']})"
            await ApiToken.update({ApiToken.name: name}).where(ApiToken.id == token["id"])
            key = " ".join(name.casefold().split())
        programs.add(key)
    for key in sorted(people | programs):
        await ActorName.insert(ActorName(name_key=key, is_program=key in programs))
    for statement in APPEND_ONLY[DB.engine_type]:
        await DB.run_ddl(statement)
