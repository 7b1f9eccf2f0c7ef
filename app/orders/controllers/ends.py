"""The end of a hold, as a form says it: one of a few, or minutes."""

from datetime import datetime

from app import clock
from app.orders import until
from app.web.forms import Form


def read(form: Form, *, begin: datetime) -> datetime:
    """When a hold ends that began then. Minutes that are typed win, and count from now."""
    minutes = form.read("minutes", until.minutes)
    form.check()
    if minutes:
        return clock.now() + minutes
    end = form.read("until", lambda typed: until.end(typed, begin=begin))
    form.check()
    return end
