"""What the shop says of a product, and how it is changed without overwriting each other."""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from app import words
from app.catalog import actions as catalog
from app.catalog import queries as entries
from app.database import action
from app.errors import Refusal
from app.stock import queries
from app.stock.actions.ledger import After, Entry, alert, hold_still, log
from app.stock.actions.products import set_reorder_point
from app.stock.tables import EventKind


class Facts(NamedTuple):
    """What a clerk may edit of a product."""

    name: str
    price_cents: int
    reorder_point: int
    category: str
    barcodes: tuple[str, ...]

    @classmethod
    def of(cls, level: queries.Level, entry: entries.Entry) -> "Facts":
        return cls(
            level.name, level.price_cents, level.reorder_point, entry.category, entry.barcodes
        )


class EditedMeanwhile(Refusal):
    kind = "stale"
    title = "It was changed meanwhile"

    def __init__(self, now: Facts, fields: Sequence[str]) -> None:
        self.now = now
        said = {
            "name": f"the name became “{now.name}”",
            "price_cents": f"the price became {words.money(now.price_cents)}",
            "reorder_point": f"the reorder point became {words.number(now.reorder_point)}",
            "category": f"the category became “{now.category}”",
            "barcodes": f"the barcodes became “{' '.join(now.barcodes)}”",
        }
        super().__init__(
            f"Meanwhile {', '.join(said[field] for field in fields)}. "
            "Nothing was saved; save again to put yours in its place."
        )


class Stale(Refusal):
    kind = "stale"
    title = "It was changed meanwhile"
    status = 412

    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} was changed meanwhile. Nothing was saved; read it again.")


def version(level: queries.Level, entry: entries.Entry) -> str:
    """Another one whenever something was changed that can be edited; stock may move without it."""
    facts = (level.sku, entry.archived, *Facts.of(level, entry))
    return sha256(msgspec.json.encode(facts)).hexdigest()[:16]


@action
async def change_product(
    product: int,
    *,
    actor: str,
    versions: Collection[str] = (),
    reorder_point: int | None = None,
    archived: bool | None = None,
    **changes: Any,
) -> tuple[queries.Level, entries.Entry]:
    """Change what is given of a product, also its SKU, and whether it is sold at all. Returns it.

    Refuses a taken SKU or barcode, and a product that is no longer of one of ``versions``, if any.
    """
    await hold_still(product)
    level, entry = await queries.level(product), await entries.product(product)
    if versions and version(level, entry) not in versions:
        raise Stale(level.sku)
    if changes:
        await catalog.edit(product, **changes)
    if archived is not None and archived != entry.archived:
        await _archive(level, archived=archived, actor=actor)
    if reorder_point is not None:
        await set_reorder_point(product, reorder_point, actor=actor)
    return await queries.level(product), await entries.product(product)


async def _archive(level: queries.Level, *, archived: bool, actor: str) -> None:
    """No longer sold, or sold again; what is low is an alert only while it is sold."""
    after = After(level.on_hand, level.reserved, level.reorder_point)
    if archived and level.is_low:
        await log(level.id, Entry(EventKind.RESTOCKED, actor, note="no longer sold"), after)
    await catalog.edit(level.id, archived=archived)
    if not archived:
        await alert(level.id, after, was_low=False, actor=actor, note="sold again")


@action
async def edit_product(product: int, *, was: Facts, becomes: Facts, actor: str) -> None:
    """Change what differs between what the clerk saw and wants, and nothing else.

    Refuses a taken barcode, and to replace what somebody else has changed since.
    """
    await hold_still(product)
    now = Facts.of(await queries.level(product), await entries.product(product))
    saw, wants = was._asdict(), becomes._asdict()
    changes: dict[str, Any] = {field: wants[field] for field in wants if wants[field] != saw[field]}
    if lost := [f for f in changes if getattr(now, f) not in (saw[f], wants[f])]:
        raise EditedMeanwhile(now, lost)
    reorder_point = changes.pop("reorder_point", None)
    if changes:
        await catalog.edit(product, **changes)
    if reorder_point is not None:
        await set_reorder_point(product, reorder_point, actor=actor)
