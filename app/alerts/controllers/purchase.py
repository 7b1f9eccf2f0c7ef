"""The purchase list: to be looked over, printed, copied, or saved as a spreadsheet."""

import re
from collections.abc import Sequence

from litestar import Controller, get

from app import clock, fields, words
from app.alerts import purchase
from app.alerts.purchase import Item
from app.errors import Invalid
from app.web import spreadsheet
from app.web.answer import Answer, AnyRequest
from app.web.forms import Form
from app.web.render import page
from app.web.spreadsheet import Cell

HEADER = ("category", "sku", "name", "quantity", "reason")
FIELD = re.compile(r"q([1-9][0-9]{0,17})")  # the quantity of a product


class PurchaseController(Controller):
    path = "/alerts"

    @get("/purchase-list")
    async def purchase_list(self, request: AnyRequest) -> Answer:
        return await self._page(request, Form())

    @get("/purchase-list.csv")
    async def spreadsheet(self, request: AnyRequest) -> Answer:
        """The quantities that were typed, or those proposed when none were."""
        form = Form(dict(request.query_params))
        try:
            asked = [name for name in form if FIELD.fullmatch(name)][: purchase.MOST]
            typed = {int(name[1:]): form.read(name, fields.quantity_or_zero) for name in asked}
            form.check()
        except Invalid:
            return await self._page(request, form, status=422)
        wanted = {product: quantity for product, quantity in typed.items() if quantity}
        items = await purchase.chosen(wanted) if asked else (await purchase.proposed()).items
        name = f"purchase-list-{words.local(clock.now()):%Y-%m-%d}.csv"
        return Answer(
            (spreadsheet.BOM + spreadsheet.lines([HEADER, *map(_row, items)])).encode(),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    async def _page(self, request: AnyRequest, form: Form, *, status: int = 200) -> Answer:
        return await page(
            request,
            "alerts/purchase_list.html",
            status=status,
            place="Alerts",
            purchase=await purchase.proposed(),
            form=form,
        )


def _row(item: Item) -> Sequence[Cell]:
    level = item.alert.level
    return item.category, level.sku, level.name, item.quantity, item.alert.reason
