"""The ways to fail on purpose. Everything else is a bug."""


class Refusal(Exception):
    """The shop says no, and its text says why, in the clerk's words. Nothing was changed.

    ``kind`` is the name by which programs know it: the ``type`` of a problem on ``/v1``.
    """

    kind = "refused"


class NotFound(Refusal):
    """There is no such thing."""

    kind = "not-found"
