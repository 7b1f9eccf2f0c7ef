"""A network that is slow or loses something, between a browser and the shop."""

from playwright.sync_api import APIResponse, Page, Route


class Held:
    """Holds back the first requests to an address until a journey lets them go; others pass."""

    def __init__(self, page: Page, address: str, *, most: int = 1) -> None:
        self._page, self._most = page, most
        self._routes: list[Route] = []
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if len(self._routes) < self._most:
            self._routes.append(route)
        else:
            route.continue_()

    def request(self, number: int = 1) -> Route:
        """One of them, once it was made."""
        while len(self._routes) < number:
            self._page.wait_for_timeout(10)
        return self._routes[number - 1]


class Late:
    """Lets the first request to an address be answered at once, and holds back the answer."""

    def __init__(self, page: Page, address: str) -> None:
        self._held = Held(page, address)
        self._answer: APIResponse | None = None

    def is_made(self) -> None:
        """Wait until the shop has answered."""
        self._answer = self._held.request().fetch()

    def arrives(self) -> None:
        self._held.request().fulfill(response=self._answer)


class Lost:
    """Loses the first request to an address; with ``answered`` only what it was answered."""

    def __init__(self, page: Page, address: str, *, answered: bool = False) -> None:
        self._is_lost, self._answered = False, answered
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self._is_lost:
            route.continue_()
            return
        self._is_lost = True
        if self._answered:
            route.fetch()
        route.abort("connectionfailed")
