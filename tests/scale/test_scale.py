"""The scale world: as large as asked, and as true as the demo."""

from typing import Any

import pytest
from piccolo.querystring import QueryString

from tests.demo.invariants import NEVER, offenders

SIZE = 2_000


async def rows(sql: str) -> list[dict[str, Any]]:
    from app.piccolo_conf import DB

    return [dict(row) for row in await DB.run_querystring(QueryString(sql))]


async def build() -> list[tuple[int, int]]:
    """What was reported meanwhile."""
    from app.scale import build_scale

    reported: list[tuple[int, int]] = []
    await build_scale(SIZE, lambda done, total: reported.append((done, total)))
    return reported


async def share(moment: str) -> float:
    """Of the paycodes those that have this moment."""
    [row] = await rows(f"SELECT count({moment}) AS some, count(*) AS every FROM paycode")
    return float(row["some"] / row["every"])


async def test_it_has_the_sizes_that_were_asked_for(db: None) -> None:
    reported = await build()
    assert reported == sorted(reported)
    assert reported[-1][0] == reported[-1][1]
    counts = await rows(
        "SELECT organisation.code, count(*) AS n FROM enrolment JOIN organisation ON organisation.id = organisation"
        " WHERE organisation.code IN ('GRT', 'MID', 'KLN') GROUP BY organisation.code"
    )
    assert {row["code"]: row["n"] for row in counts} == {"GRT": 100, "MID": 10, "KLN": 100}
    assert await rows("SELECT count(*) AS n FROM enrolment") == [{"n": SIZE}]
    [people] = await rows("SELECT count(*) AS n FROM candidate")
    assert 0.93 * SIZE <= people["n"] <= 0.97 * SIZE
    assert await rows("SELECT count(*) AS n FROM paycode") == [{"n": SIZE // 2}]
    assert 0.35 <= await share("used_at") <= 0.5
    assert 0.06 <= await share("deactivated_at") <= 0.15
    managers = await rows(
        'SELECT username, code FROM portal_user JOIN mandate ON mandate."user" = portal_user.id'
        " JOIN organisation ON organisation.id = mandate.organisation ORDER BY username"
    )
    expected = [("schaal.groot", "GRT"), ("schaal.klein", "KLN"), ("schaal.midden", "MID")]
    assert [(row["username"], row["code"]) for row in managers] == expected


async def test_it_holds_nothing_that_cannot_happen(db: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    await build()
    assert [never for never in NEVER if await offenders(never)] == []
    async with transaction(patience=60):
        assert await rederive() == 0


async def test_every_constraint_is_back_in_its_place_and_a_second_world_is_refused(db: None) -> None:
    from app.constraints import declared, present_names
    from app.piccolo_conf import DB

    await build()
    assert set(await present_names(DB)) == set(declared(DB.engine_type))
    with pytest.raises(ValueError, match="stands already"):
        await build()
    assert await rows("SELECT count(*) AS n FROM enrolment") == [{"n": SIZE}]


async def test_the_demo_fits_beside_it_and_rows_can_still_be_added(db: None) -> None:
    from app.demo import load_demo
    from app.tables import Candidate

    await build()
    await load_demo()
    assert await rows("SELECT count(*) AS n FROM route") == [{"n": 4}]
    known = (await rows("SELECT max(id) AS last FROM candidate"))[0]["last"]
    person = await Candidate.objects().first()
    assert person is not None
    added = Candidate(**{name: value for name, value in person.to_dict().items() if name != "id"} | {"email_key": "x"})
    await added.save()
    assert added.id == known + 1
