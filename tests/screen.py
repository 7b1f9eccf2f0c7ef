"""A clerk at a browser without scripts, who reads pages and fills in forms."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from app.accounts.tables import Role
from app.web.csrf import COOKIE
from tests import asgi, make

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "circle", "path"}
FIELDS = {"input", "select", "textarea", "button"}


@dataclass
class Form:
    action: str
    method: str
    id: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value
    led: dict[int, str] = field(default_factory=dict)  # by button: the address it sends to instead


class Page(HTMLParser):
    """One answer, as a person would take it in: its words, its forms, its headings."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(convert_charrefs=True)
        self.status = response.status_code
        self.url = response.url.raw_path.decode()
        self.headers = response.headers
        self.forms: list[Form] = []
        self.headings: list[str] = []
        self.ids: Counter[str] = Counter()
        self.title = ""
        self._open: list[str] = []
        self._words: list[str] = []
        self._select = ("", "")  # its name, and the form it belongs to
        self._elsewhere: list[tuple[str, str, str]] = []  # fields that stand outside of their form
        self._button: list[str] | None = None
        self.html = response.text
        self.feed(self.html)
        for form in self.forms:
            form.fields += [
                (name, value) for owner, name, value in self._elsewhere if owner == form.id
            ]
        self.words = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in given:
            self.ids[given["id"]] += 1
        assert "style" not in given, "inline styles are against our own policy"
        assert not [name for name in given if name.startswith("on")], "so are inline handlers"
        assert tag != "script" or "src" in given, "so are inline scripts"
        if tag == "form":
            self.forms.append(
                Form(
                    given.get("action", ""),
                    given.get("method", "get").upper(),
                    given.get("id", ""),
                )
            )
        elif tag == "h1":
            self.headings.append("")
        elif tag == "select":
            self._select = given["name"], given.get("form", "")
        elif tag == "option" and "selected" in given:
            self._fill(*self._select, given["value"])
        elif tag == "button" and self.forms:
            self._button = [given.get("aria-label", "")]
            if "formaction" in given:
                self.forms[-1].led[len(self.forms[-1].buttons)] = given["formaction"]
            self.forms[-1].buttons.append(("", given.get("name", ""), given.get("value", "")))
        elif tag == "input" and self.forms and _is_sent(given):
            self._fill(given.get("name", ""), given.get("form", ""), given.get("value", ""))
        elif tag == "textarea":
            self.forms[-1].fields.append((given["name"], ""))

    def _fill(self, name: str, form: str, value: str) -> None:
        if form:
            self._elsewhere.append((form, name, value))
        else:
            self.forms[-1].fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None and self.forms:
            _, name, value = self.forms[-1].buttons[-1]
            words = " ".join(" ".join(self._button).split())
            self.forms[-1].buttons[-1] = (words, name, value)
            self._button = None
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"script", "style", "noscript"}:
            return
        if self._open and self._open[-1] == "title":
            self.title += data
            return
        self._words.append(data)
        if self._button is not None:
            self._button.append(data)
        if self._open and self._open[-1] == "h1":
            self.headings[-1] += data
        if self._open and self._open[-1] == "textarea":
            name, before = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, before + data)

    def check(self) -> None:
        """What holds for every page: one heading, a title, no id twice."""
        assert len(self.headings) == 1, f"{self.url}: headings {self.headings}"
        assert self.title.endswith("· Onhand"), f"{self.url}: title {self.title!r}"
        twice = [name for name, count in self.ids.items() if count > 1]
        assert not twice, f"{self.url}: ids twice {twice}"

    def typed(self, action: str, name: str) -> str:
        """What stands in a field of the form with this action."""
        (form,) = [form for form in self.forms if form.action == action]
        return dict(form.fields)[name]


def _is_sent(field: Mapping[str, str]) -> bool:
    """A browser sends of radio buttons and boxes what is checked."""
    return field.get("type") not in {"radio", "checkbox", "submit"} or "checked" in field


class Screen:
    """A browser that knows HTML and nothing else."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, address: str) -> Page:
        return self._seen(await self.client.get(address))

    async def press(
        self, page: Page, button: str, typed: Mapping[str, str] | None = None, *, within: str = ""
    ) -> Page:
        """Fill in the form that has this button, and press it. ``within`` is the form's address."""
        for form in page.forms:
            for i, (words, name, value) in enumerate(form.buttons):
                if words.startswith(button) and form.action.startswith(within):
                    assert name not in dict(form.fields), f"{name} would be sent twice"
                    pressed = {name: value} if name else {}
                    return await self._send(form, {**(typed or {}), **pressed}, form.led.get(i))
        raise AssertionError(f"{page.url} has no button {button!r} in {within or 'any form'}")

    async def enter(self, page: Page, action: str, typed: Mapping[str, str]) -> Page:
        """Fill in the form with this address, and press Enter in it."""
        (form,) = [form for form in page.forms if form.action == action]
        return await self._send(form, typed)

    async def enter_scan(self, page: Page, typed: str) -> Page:
        """Scan something into the one scan box of the page."""
        (form,) = [form for form in page.forms if "search" in dict(form.fields)]
        return await self._send(form, {"search": typed})

    async def fragment(self, page: Page, action: str, typed: Mapping[str, str]) -> httpx.Response:
        """What htmx would be answered that sends the form with this address."""
        (form,) = [form for form in page.forms if form.action == action]
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        fields = {**dict(form.fields), **typed}
        return await self.client.post(action, data=fields, headers=headers)

    async def _send(self, form: Form, typed: Mapping[str, str], led: str | None = None) -> Page:
        fields = {**dict(form.fields), **typed}
        if form.method == "GET":
            return self._seen(await self.client.get(form.action, params=fields))
        return self._seen(await self.client.post(led or form.action, data=fields))

    def _seen(self, response: httpx.Response) -> Page:
        page = Page(response)
        page.check()
        return page


@asynccontextmanager
async def anybody() -> AsyncIterator[Screen]:
    """A browser at which nobody is signed in."""
    async with asgi.client(follow_redirects=True) as client:
        yield Screen(client)


@asynccontextmanager
async def clerk(name: str = "Robin", role: Role = Role.CLERK) -> AsyncIterator[Screen]:
    """A browser at which a clerk is signed in."""
    code = await make.session(await make.clerk(name, role))
    async with anybody() as screen:
        screen.client.cookies[COOKIE] = code
        yield screen
