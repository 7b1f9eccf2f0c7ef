"""What the shop says of a product, and how clerks change it without overwriting each other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app import words
from app.catalog import actions as catalog
from app.catalog import queries as entries
from app.catalog.queries import Entry
from app.database import action
from app.errors import Refusal
from app.stock import queries
from app.stock.actions.products import set_reorder_point


class Facts(NamedTuple):
    """What a clerk may edit of a product."""

    name: str
    price_cents: int
    reorder_point: int
    category: str
    barcodes: tuple[str, ...]

    @classmethod
    def of(cls, level: queries.Level, entry: Entry) -> "Facts":
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


@action
async def edit_product(product: int, *, was: Facts, becomes: Facts, actor: str) -> None:
    """Change what differs between what the clerk saw and wants, and nothing else.

    Refuses a taken barcode, and to replace what somebody else has changed since.
    """
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
