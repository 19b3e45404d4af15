"""The HTML of every page and fragment as the portal sends it, in files for those who judge it."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser import sign_in_page
from tests.quality.states import BROKEN, STATES, VISITOR, State

# What stands around a fragment: what it refers to, and nothing that it should have brought itself.
AROUND = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8">{title}</head>
<body><form id="filter" role="search" aria-label="Filter" action="/"><button type="submit">Filter</button></form>
<main><h1>Fragment</h1>
{body}
</main></body></html>"""
FRAGMENTS = (
    State("list", "anna.smit", "/overzicht?trefwoorden=a"),
    State("list of a route", "bram.devries", "/overzicht?route=co&status=lopend"),
    State("empty list", "anna.smit", "/overzicht?trefwoorden=zzzz&status=lopend"),
    State("list that cannot be read", "anna.smit", "/overzicht?vanaf=ooit", status=400),
    State("list of paycodes", "anna.smit", "/betaalcodes"),
    State("gone", "anna.smit", "/deelnames/99999999", status=404),
)


PAGES = tuple(state for state in STATES if not state.scripts)


def gather(browser: Browser, site: str, broken_site: str, folder: Path) -> list[Path]:
    """One file for each page, each fragment and the page of a failure."""
    for user in {state.user for state in (*PAGES, *FRAGMENTS)}:
        page = page_of(browser, site, user)
        session = page.context.cookies()
        for state in PAGES:
            if state.user == user:
                write(folder, state, page_source(page, state))
                page.context.clear_cookies()  # on the way to some states somebody else signs in
                page.context.add_cookies(session)  # type: ignore[arg-type]
        for state in FRAGMENTS:
            if state.user == user:
                write(folder, state, fragment_source(page.context, state))
        page.context.close()
    failing = page_of(browser, broken_site, BROKEN.user)
    write(folder, BROKEN, page_source(failing, BROKEN))
    failing.context.close()
    return sorted(folder.glob("*.html"))


def page_of(browser: Browser, site: str, user: str) -> Page:
    page = browser.new_page(base_url=site, java_script_enabled=False)
    if user != VISITOR:
        sign_in_page(page, user)
    return page


def page_source(page: Page, state: State) -> str:
    """The last page that the portal sent on the way to this state."""
    sent: list[Response] = []

    def keep(response: Response) -> None:
        if response.request.resource_type == "document" and response.status != 303:
            sent.append(response)

    page.on("response", keep)
    state.open(page)
    page.remove_listener("response", keep)
    return sent[-1].text()


def fragment_source(context: BrowserContext, state: State) -> str:
    """What htmx gets there, in a page that holds no more than it needs."""
    answer = context.request.get(state.address, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status == state.status
    title, _, body = answer.text().rpartition("</title>")
    return AROUND.format(title=f"{title or '<title>Fragment'}</title>", body=body)


def write(folder: Path, state: State, source: str) -> None:
    (folder / f"{state.name.replace(' ', '-')}.html").write_text(source)
