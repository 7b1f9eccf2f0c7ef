"""What changes a count session. The shelf changes when it is applied, and not before."""

from app.counts.actions.applying import NothingToApply, apply, receive
from app.counts.actions.beginning import MOST_PRODUCTS, NothingChosen, TooManyChosen, begin
from app.counts.actions.correcting import NothingToTakeBack, take_back, write_note
from app.counts.actions.counting import (
    AlreadyApplied,
    CountedByOthers,
    TooMany,
    scan,
    set_number,
)
from app.counts.actions.ending import NotAllApplied, abandon, close, reopen
from app.counts.actions.touching import CountedSince, SessionEnded

__all__ = [
    "MOST_PRODUCTS",
    "AlreadyApplied",
    "CountedByOthers",
    "CountedSince",
    "NotAllApplied",
    "NothingChosen",
    "NothingToApply",
    "NothingToTakeBack",
    "SessionEnded",
    "TooMany",
    "TooManyChosen",
    "abandon",
    "apply",
    "begin",
    "close",
    "receive",
    "reopen",
    "scan",
    "set_number",
    "take_back",
    "write_note",
]
