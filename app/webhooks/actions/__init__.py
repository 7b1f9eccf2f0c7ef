"""What changes who is told of events, and what becomes of the telling."""

from app.webhooks.actions.hooks import (
    NotPaused,
    TooManyHooks,
    add,
    pause,
    remove,
    renew_secret,
    resume,
)
from app.webhooks.actions.log import forget_old, replay, replay_failed, send_test
from app.webhooks.actions.sending import Due, Outcome, claim, note, note_and_claim
from app.webhooks.actions.taking import take

__all__ = [
    "Due",
    "NotPaused",
    "Outcome",
    "TooManyHooks",
    "add",
    "claim",
    "forget_old",
    "note",
    "note_and_claim",
    "pause",
    "remove",
    "renew_secret",
    "replay",
    "replay_failed",
    "resume",
    "send_test",
    "take",
]
