"""Every row of every table, to compare before and after."""

import hashlib
from typing import Any

from piccolo.querystring import QueryString

from app.piccolo_conf import APP_REGISTRY, DB

Columns = tuple[str, ...]
ALL: Columns = ("*",)
WATCHING: dict[str, Columns] = {
    "audit_event": ALL,
    "disclosure": ALL,
    "session": ("seen_at",),
    "api_key": ("last_used_at",),
    "attempt": ALL,
}
"""What looking may change: the record of who looked, when somebody was last seen, and how often it was tried."""


async def rows(ignored: dict[str, Columns] = WATCHING) -> dict[str, str]:
    """Table → what is in it, as one hash."""
    tables = sorted(table._meta.tablename for table in APP_REGISTRY.get_table_classes("portaal"))
    return {each: await _hash(each, ignored.get(each, ())) for each in tables if ignored.get(each) != ALL}


async def _hash(table: str, without: Columns) -> str:
    found = await DB.run_querystring(QueryString(f'SELECT * FROM "{table}"'))
    told = sorted(str(_told(row, without)) for row in found)
    return f"{len(told)} rows, {hashlib.sha256(''.join(told).encode()).hexdigest()[:16]}"


def _told(row: Any, without: Columns) -> dict[str, Any]:
    return {name: value for name, value in dict(row).items() if name not in without}


def changes(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}
