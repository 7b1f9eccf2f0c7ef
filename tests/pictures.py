"""``script/pictures``: the pictures in ``docs/pictures``, taken of the demo shop."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, expect

from tests.browsers import chromium
from tests.server import ROOT, Server, onhand

FOLDER = ROOT / "docs/pictures"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
BEST_SELLER = "85123A"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, chromium() as browser:
        database = Path(folder) / "demo.sqlite"
        assert onhand(database, "demo").returncode == 0
        server = Server(database)
        try:
            take(browser, server, scarce(database))
        finally:
            server.stop()


def take(browser: Browser, server: Server, few: str) -> None:
    (welcome,) = (line.split()[2] for line in server.printed if line.startswith("Set up: "))
    context = browser.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(welcome)
    page.get_by_label("Name").fill("Priya")
    for label in ("Password", "Repeat password"):
        page.get_by_label(label, exact=True).fill("a short sentence is good")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    for typed in ("22423", "6*84946", BEST_SELLER, f"12*{BEST_SELLER}", f"99*{few}"):
        scan(page, typed)
    state = context.storage_state()
    context.close()

    for theme, viewport in (("light", DESK), ("dark", DESK), ("phone", PHONE)):
        context = browser.new_context(
            base_url=server.url,
            viewport=viewport,  # type: ignore[arg-type]
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=theme == "phone",
            storage_state=state,
            locale="en-GB",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto("/counter")
        page.get_by_label("Scan or search").fill("heart")
        expect(page.get_by_role("option").first).to_be_visible()
        shoot(page, f"counter-{theme}")
        page.get_by_label("Scan or search").fill("")
        page.get_by_role("button", name="Complete sale", exact=True).click()
        expect(page.get_by_text("Refused")).to_be_visible()
        shoot(page, f"refused-{theme}")
        page.goto("/stock")
        shoot(page, f"stock-{theme}")
        page.goto(f"/stock/{BEST_SELLER}")
        shoot(page, f"product-{theme}")
        for place in ("alerts", "orders", "activity"):
            page.goto(f"/{place}")
            shoot(page, f"{place}-{theme}")
        context.close()


def scan(page: Page, typed: str) -> None:
    page.get_by_label("Scan or search").fill(typed)
    with page.expect_response("**/counter/lines"):
        page.keyboard.press("Enter")


def shoot(page: Page, name: str) -> None:
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.screenshot(path=FOLDER / f"{name}.png")


def scarce(database: Path) -> str:
    """The SKU of something of which there are few, and not none."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (sku,) = connection.execute(
            "SELECT sku FROM product JOIN stock_level l ON l.product = product.id "
            "WHERE l.on_hand BETWEEN 3 AND 9 AND l.on_hand <= l.reorder_point ORDER BY sku LIMIT 1"
        ).fetchone()
    return str(sku)


if __name__ == "__main__":
    main()
