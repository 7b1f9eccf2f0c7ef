"""A session begins, with the products that it is about."""

from app import clock, words
from app.catalog import queries as catalog
from app.counts.tables import Choice, CountLine, CountSession, SessionStatus, Subject
from app.database import Arg, Prepared, action
from app.errors import Refusal
from app.stock import lists, recounts

MOST_PRODUCTS = 1_000  # of one session: applied at once, they keep a sale waiting for a moment only


class NothingChosen(Refusal):
    def __init__(self) -> None:
        super().__init__("No product is chosen by this. Choose others, or count what is scanned.")


class TooManyChosen(Refusal):
    def __init__(self) -> None:
        most = words.number(MOST_PRODUCTS)
        super().__init__(f"These are more than {most} products. Choose fewer, by a search.")


_BEGIN = Prepared(
    CountSession.insert(
        CountSession(
            subject=Arg("subject"),
            name=Arg("name"),
            choice=Arg("choice"),
            chosen=Arg("chosen"),
            is_blind=Arg("is_blind"),
            status=SessionStatus.OPEN,
            revision=1,
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
        raise NothingChosen
    if len(products) > MOST_PRODUCTS:
        raise TooManyChosen
    return products
