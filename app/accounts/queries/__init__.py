"""What the door asks, and the pages about who may come in."""

from app.accounts.queries.door import (
    Invitation,
    Known,
    Visitor,
    has_clerks,
    invitation,
    known,
    visitor,
)
from app.accounts.queries.events import PAGE, Entry, entries, last_entry
from app.accounts.queries.links import Link, links
from app.accounts.queries.people import Person, SignedIn, is_taken, person, persons, sessions
from app.accounts.queries.programs import Client, Token, client, programs, tokens
from app.accounts.queries.tills import AtTill, at_till, till

__all__ = [
    "PAGE",
    "AtTill",
    "Client",
    "Entry",
    "Invitation",
    "Known",
    "Link",
    "Person",
    "SignedIn",
    "Token",
    "Visitor",
    "at_till",
    "client",
    "entries",
    "has_clerks",
    "invitation",
    "is_taken",
    "known",
    "last_entry",
    "links",
    "person",
    "persons",
    "programs",
    "sessions",
    "till",
    "tokens",
    "visitor",
]
