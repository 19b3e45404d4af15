"""The one table of these tests, and the few statements they need."""

from typing import Any

from piccolo.engine.base import Engine
from piccolo.querystring import QueryString

# A note may answer one that is written later in the same transaction.
DECLARATION = """
    CREATE TABLE note (
        id INTEGER PRIMARY KEY,
        text VARCHAR NOT NULL,
        answers INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED
    )
"""


async def rows(engine: Engine[Any], sql: str, *args: Any) -> list[dict[str, Any]]:
    found = await engine.run_querystring(QueryString(sql, *args))
    return engine.transform_response_to_dicts(found)


async def write(engine: Engine[Any], number: int, answers: int | None = None) -> None:
    await rows(engine, "INSERT INTO note (id, text, answers) VALUES ({}, {}, {})", number, f"note {number}", answers)


async def numbers(engine: Engine[Any]) -> list[int]:
    """What is written, in order."""
    return [row["id"] for row in await rows(engine, "SELECT id FROM note ORDER BY id")]
