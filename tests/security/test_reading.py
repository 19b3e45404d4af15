"""Reading changes nothing, but for the record of who looked and when a session was last seen."""

from typing import Any

from piccolo.querystring import QueryString

from app.piccolo_conf import APP_REGISTRY, DB
from tests.candidates.screen import read
from tests.security.test_who_may_what import CLOSED, addresses
from tests.sessions import client_of

MAY_CHANGE = {"audit_event", "session"}


async def world() -> dict[str, list[str]]:
    """Every row of every table that reading must leave alone."""
    tables = {table._meta.tablename for table in APP_REGISTRY.get_table_classes("portaal")} - MAY_CHANGE
    rows = {each: await DB.run_querystring(QueryString(f'SELECT * FROM "{each}"')) for each in tables}
    return {name: sorted(str(dict(row)) for row in found) for name, found in rows.items()}


async def test_no_page_changes_anything(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    found = read(await anna.get("/overzicht")).ids[0]
    before = await world()
    for verb, url in addresses(*CLOSED):
        if verb == "GET" and not url.endswith(".xlsx"):
            await anna.get(url.replace("/1", f"/{found}"))
    assert await world() == before
