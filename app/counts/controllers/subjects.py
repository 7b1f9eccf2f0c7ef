"""What the addresses of one session have in common, whether a shelf or a delivery is counted."""

from typing import ClassVar

from litestar import Controller

from app import fields
from app.counts import queries
from app.counts.queries import Session
from app.counts.tables import Subject


class SessionController(Controller):
    subject: ClassVar[Subject]

    async def session(self, number: str) -> Session:
        return await queries.session(fields.id_of(number), self.subject)
