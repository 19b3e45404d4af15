"""Many rows in few statements, without a query object for each: to make those costs more than to write the rows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from piccolo.table import Table

ROWS = 500
"""In one statement: SQLite takes some thirty thousand values."""

Record = dict[str, Any]


async def insert_many(table: type[Table], rows: Sequence[Mapping[str, Any]], *, ending: str = "") -> list[Record]:
    """What `ending` returns, if anything. All rows name the same columns in one order; another column gets its
    default. In the caller's transaction, or statement by statement without one."""
    from app.piccolo_conf import DB

    returned: list[Record] = []
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        sql = _statement(table._meta.tablename, list(part[0]), len(part), DB.engine_type == "postgres", ending)
        returned += await DB.run_sql(sql, [_plain(value) for row in part for value in row.values()])
    return returned


def _statement(table: str, columns: Sequence[str], rows: int, numbered: bool, ending: str) -> str:
    width = len(columns)
    places = (
        ", ".join(f"({', '.join(f'${row * width + place}' for place in range(1, width + 1))})" for row in range(rows))
        if numbered
        else ", ".join([f"({', '.join('?' * width)})"] * rows)
    )
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES {places} {ending}"  # noqa: S608 - our own names


def _plain(value: Any) -> Any:
    """As both databases take it."""
    return json.dumps(value) if isinstance(value, dict | list) else value
