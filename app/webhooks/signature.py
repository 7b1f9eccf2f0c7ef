"""By which a receiver knows that an event comes from this shop, and that it is no old one."""

import hmac
from datetime import datetime

TOLERANCE = 300  # seconds by which a receiver's clock and ours may differ


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The header ``Onhand-Signature``: HMAC-SHA256 of ``t``, a dot and the body."""
    t = int(at.timestamp())
    signed = hmac.new(secret.encode(), b"%d." % t + body, "sha256").hexdigest()
    return f"t={t},v1={signed}"
