"""The ways to fail on purpose. Everything else is a bug."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict


class Refusal(Exception):
    """The shop says no, and its text says why, in the clerk's words. Nothing was changed.

    Programs know it by its kind: the ``type`` of a problem on ``/v1``.
    """

    kind: ClassVar[str] = "refused"
    title: ClassVar[str] = "The shop refused"
    status: ClassVar[int] = 409
    retry_after: ClassVar[int] = 0  # seconds; 0 when trying again does not help
    extra: ClassVar[tuple[tuple[str, Any], ...]] = ()  # its details: their names and types

    @property
    def details(self) -> Mapping[str, Any]:
        """What programs are told beside the text."""
        return {}


class NotFound(Refusal):
    """There is no such thing."""

    kind = "not-found"
    title = "There is no such thing"
    status = 404


class Mistake(TypedDict):
    """What is wrong with one field."""

    field: str
    message: str


class Invalid(Refusal):
    """What was sent cannot be understood, field by field."""

    kind = "invalid"
    title = "Something is wrong with what was sent"
    status = 400
    extra = (("errors", list[Mistake]),)

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        self.mistakes = mistakes
        super().__init__(" ".join(mistakes.values()))

    @property
    def details(self) -> Mapping[str, Any]:
        errors: list[Mistake] = [{"field": f, "message": m} for f, m in self.mistakes.items()]
        return {"errors": errors}
