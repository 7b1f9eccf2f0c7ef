"""What changes who may come in, and how it is written down."""

from app.accounts.actions.clerks import (
    AlreadySo,
    LastManager,
    change_role,
    disable,
    enable,
)
from app.accounts.actions.coming import NotLetIn, note_seen, sign_in
from app.accounts.actions.events import Attempt, By, forget_old_events, record, record_all
from app.accounts.actions.inviting import LinkUsed, NameTaken, NoManager, accept, invite, withdraw
from app.accounts.actions.keeping_out import KeptOut, keep_out
from app.accounts.actions.leaving import end_session, end_sessions, send_everybody_away, sign_out
from app.accounts.actions.passwords import (
    NotYourPassword,
    change_password,
    note_proof,
    remove_pin,
    set_pin,
)
from app.accounts.actions.throttling import TooManyTries, forget_old_tries, forgive, take_try
from app.accounts.actions.tills import PinBlocked, open_till, sign_in_by_pin, take_pin_try
from app.accounts.actions.tokens import TOKEN_LASTS, add_token, note_used, revoke_token

__all__ = [
    "TOKEN_LASTS",
    "AlreadySo",
    "Attempt",
    "By",
    "KeptOut",
    "LastManager",
    "LinkUsed",
    "NameTaken",
    "NoManager",
    "NotLetIn",
    "NotYourPassword",
    "PinBlocked",
    "TooManyTries",
    "accept",
    "add_token",
    "change_password",
    "change_role",
    "disable",
    "enable",
    "end_session",
    "end_sessions",
    "forget_old_events",
    "forget_old_tries",
    "forgive",
    "invite",
    "keep_out",
    "note_proof",
    "note_seen",
    "note_used",
    "open_till",
    "record",
    "record_all",
    "remove_pin",
    "revoke_token",
    "send_everybody_away",
    "set_pin",
    "sign_in",
    "sign_in_by_pin",
    "sign_out",
    "take_pin_try",
    "take_try",
    "withdraw",
]
