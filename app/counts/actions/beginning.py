"""A session begins, with the products that it is about."""

from app import clock
from app.catalog import queries as catalog
from app.counts.tables import Choice, CountLine, CountSession, SessionStatus, Subject
from app.database import Arg, Prepared, action
from app.errors import Invalid
from app.stock import lists, recounts

MOST_PRODUCTS = 1_000  # of one session: applied at once, they keep a sale waiting for a moment only

_BEGIN = Prepared(
    CountSession.insert(
        CountSession(
            subject=Arg("subject"),
            name=Arg("name"),
            choice=Arg("choice"),
            chosen=Arg("chosen"),
            is_blind=Arg("is_blind"),
            status=SessionStatus.OPEN,
            revision=0,
            actor=Arg("actor"),
            begun_at=Arg("now"),
        )
    ).returning(CountSession.id),
    int,
)
_CHOOSE = Prepared(
    CountLine.insert(CountLine(session=Arg("session"), product=Arg("product"), is_chosen=True)),
    int,
)


@action
async def begin(
    name: str,
    *,
    actor: str,
    subject: Subject = Subject.SHELF,
    choice: Choice = Choice.FREE,
    chosen: str = "",
    is_blind: bool = False,
) -> int:
    """Begin to count a shelf or a delivery. Refuses a choice of no product, or of too many."""
    products = await _products(choice, chosen)
    session = await _BEGIN.one(
        subject=subject,
        name=name,
        choice=choice,
        chosen=chosen,
        is_blind=is_blind,
        actor=actor,
        now=clock.now(),
    )
    await _CHOOSE.each({"session": session, "product": product} for product in products)
    return session


async def _products(choice: Choice, chosen: str) -> list[int]:
    if choice is Choice.FREE:
        return []
    limit = MOST_PRODUCTS + 1
    if choice is Choice.CATEGORY:
        products = await catalog.in_category(chosen, limit=limit)
    elif choice is Choice.SEARCH:
        products = [level.id for level in (await lists.page(chosen, limit=limit)).levels]
    else:
        products = [asked.id for asked in await recounts.asked(limit=limit)]
    if not products:
        raise Invalid({choice: _NONE[choice]})
    if len(products) > MOST_PRODUCTS:
        raise Invalid({choice: f"These are more than {MOST_PRODUCTS:,} products. Choose fewer."})
    return products


_NONE = {
    Choice.CATEGORY: "No product is in this category.",
    Choice.SEARCH: "No product matches.",
    Choice.ASKED: "Nobody has asked for a count.",
}
