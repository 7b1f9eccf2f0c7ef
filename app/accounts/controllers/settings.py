"""The way to the settings."""

from litestar import Controller, get

from app.web.answer import Answer, AnyRequest
from app.web.render import page


class SettingsController(Controller):
    path = "/settings"

    @get("/")
    async def index(self, request: AnyRequest) -> Answer:
        return await page(request, "accounts/settings.html", place="")
