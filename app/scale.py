"""The scale world: seeded, as large as asked, for measuring."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import count, islice, product
from random import Random
from string import ascii_uppercase
from typing import TypeVar

from app import constraints
from app.acting import Duty, acting_as
from app.clock import now, today
from app.database import SQLite, transaction
from app.names import fold
from app.paycodes.codes import new_batch_number, new_codes
from app.piccolo_conf import DB
from app.tables import (
    Batch,
    Candidate,
    Certificate,
    Enrolment,
    Organisation,
    OrganisationRoute,
    Paycode,
    Role,
    Salutation,
    StepResult,
)
from app.transactions import Transaction
from app.worlds.accounts import give_mandate, make_user
from app.worlds.batches import PlannedBatch, deactivated
from app.worlds.cast import REFERENCES
from app.worlds.catalogue import WorldRoute, ensure_routes
from app.worlds.crowd import Crowd
from app.worlds.histories import moment
from app.worlds.rows import (
    BatchRecipe,
    advance_sequences,
    batch_row,
    candidate_row,
    certificate_row,
    enrolment_row,
    last_id,
    load,
    paycode_rows,
    result_rows,
)

SEED = 1_000_000
CHUNK = 20_000
PATIENCE = 3600.0
CONTACTS = ("Marieke van Loon", "Joris Hendriks", "Pieter Aalbers", "Saskia de Ruiter", "Yara Bouzid")
SMALLEST = 1_000
# How many enrolments the other organisations have, on average.
OTHERS_SIZE = 500
TABLES = (Candidate, Enrolment, StepResult, Certificate, Batch, Paycode)

Report = Callable[[int, int], None]
Item = TypeVar("Item")


async def build_scale(enrolments: int, report: Report) -> None:
    """Builds a world of that many enrolments and half as many paycodes, whole or not at all. Raises ValueError when
    one stands already. `report` hears how much is done, of how much: rows count, and the indexes as many as codes."""
    if enrolments < SMALLEST:
        raise ValueError(f"A scale world has at least {SMALLEST:,} enrolments.")
    with acting_as(Duty.MAINTENANCE):
        async with transaction(patience=PATIENCE, as_owner=True) as inside:
            if await Organisation.exists().where(Organisation.code == "GRT"):
                raise ValueError("A scale world stands already: build another in an empty database.")
            await _drop_what_slows()
            await _build(inside, enrolments, report)
            await advance_sequences()
            await constraints.apply(DB)
        await _settle()
    report(_total(enrolments), _total(enrolments))


def _total(enrolments: int) -> int:
    return enrolments + 2 * (enrolments // 2)


async def _drop_what_slows() -> None:
    """What `constraints.apply()` makes again: quicker over all rows at once than row by row."""
    own = tuple(f"_{table._meta.tablename}_" for table in TABLES)
    for name, drop in (await constraints.present_names(DB)).items():
        if name[2:].startswith(own):
            await DB.run_ddl(drop)
    if DB.engine_type == "postgres":
        await DB.run_ddl("SET LOCAL maintenance_work_mem = '256MB'")


async def _build(inside: Transaction, enrolments: int, report: Report) -> None:
    random = Random(SEED)  # noqa: S311  the same world each time
    routes = await ensure_routes()
    organisations = await _organisations(enrolments, routes, random)
    crowd = Crowd(organisations, routes, today(), random, first_id=await last_id(Enrolment) + 1)
    codes = enrolments // 2
    batches = crowd.batches(codes)
    await _load_enrolments(inside, crowd, lambda done: report(done, _total(enrolments)))
    await _load_codes(inside, crowd, batches, random, lambda done: report(enrolments + done, _total(enrolments)))


async def _organisations(enrolments: int, routes: Sequence[WorldRoute], random: Random) -> Sequence[int]:
    """Per enrolment the organisation: GRT 5 %, MID 0.5 %, KLN 100, the others about 500 each."""
    sizes = {"GRT": enrolments // 20, "MID": enrolments // 200, "KLN": 100}
    names = {"GRT": "Groot (schaal)", "MID": "Midden (schaal)", "KLN": "Klein (schaal)"}
    taken = {row["code"] for row in await Organisation.select(Organisation.code)} | set(sizes)
    free = (code for code in map("".join, product(ascii_uppercase, repeat=3)) if code not in taken)
    others = {code: f"Organisatie {code} (schaal)" for code in islice(free, enrolments // OTHERS_SIZE)}
    ids = await _make_organisations(names | others, routes)
    for code, username in (("GRT", "schaal.groot"), ("MID", "schaal.midden"), ("KLN", "schaal.klein")):
        name = (Salutation.NEUTRAL, "Schaal", "", names[code].removesuffix(" (schaal)"))
        user = await make_user(username, name, f"{username}@example.org", now())
        await give_mandate(user, Role.ORGANISATION_MANAGER, ids[code], now())
    own = array("q", (ids[code] for code, size in sizes.items() for _ in range(size)))
    own.extend(random.choices([ids[code] for code in others], k=enrolments - len(own)))
    random.shuffle(own)
    return own


async def _make_organisations(names: dict[str, str], routes: Sequence[WorldRoute]) -> dict[str, int]:
    made_at = now() - timedelta(days=6 * 365)
    for part in _chunks(names.items(), 500):
        await Organisation.insert(
            *(Organisation(code=code, name=name, sort_key=fold(name), created_at=made_at) for code, name in part)
        )
    rows = await Organisation.select(Organisation.id, Organisation.code)
    ids = {row["code"]: row["id"] for row in rows if row["code"] in names}
    for pairs in _chunks(product(ids.values(), routes), 500):
        await OrganisationRoute.insert(*(OrganisationRoute(organisation=own, route=route.id) for own, route in pairs))
    return ids


async def _load_enrolments(inside: Transaction, crowd: Crowd, report: Callable[[int], None]) -> None:
    results, certificates = count(await last_id(StepResult) + 1), count(await last_id(Certificate) + 1)
    done = 0
    for part in _chunks(crowd.enrolments(candidate=await last_id(Candidate) + 1), CHUNK):
        people = [candidate_row(each.candidate, each.person, each.enrolled_at) for each, _, is_new in part if is_new]
        await load(inside, Candidate, people)
        await load(inside, Enrolment, [enrolment_row(each) for each, _, _ in part])
        taken = (result_rows(each, recorded, results) for each, recorded, _ in part)
        await load(inside, StepResult, [row for rows in taken for row in rows])
        issued = [each for each, _, _ in part if each.history.issued_on]
        await load(inside, Certificate, [certificate_row(next(certificates), each) for each in issued])
        done += len(part)
        report(done)


async def _load_codes(
    inside: Transaction, crowd: Crowd, batches: Sequence[PlannedBatch], random: Random, report: Callable[[int], None]
) -> None:
    ids, first = count(await last_id(Paycode) + 1), await last_id(Batch) + 1
    names = await _batch_numbers(len(batches), random)
    done = 0
    for part in _chunks(zip(count(first), batches, names, strict=False), CHUNK // 20):
        recipes = [_recipe(number, planned, name, crowd) for number, planned, name in part]
        codes = iter(new_codes(sum(recipe.size for recipe in recipes), random))
        rows = [
            row
            for recipe in recipes
            for row in paycode_rows(recipe, deactivated(recipe.unused, random), codes, ids, None)
        ]
        await load(inside, Batch, [batch_row(recipe, None) for recipe in recipes])
        await load(inside, Paycode, rows)
        done += len(rows)
        report(done)


def _recipe(number: int, planned: PlannedBatch, name: str, crowd: Crowd) -> BatchRecipe:
    return BatchRecipe(
        id=number,
        number=name,
        organisation=planned.organisation,
        route=planned.route,
        profile=None,
        contact_name=CONTACTS[planned.organisation % len(CONTACTS)],
        reference=REFERENCES[number % len(REFERENCES)],
        created_at=moment(planned.made_on, number % 590),
        size=planned.size,
        uses=tuple((crowd.used_at(payment), payment.enrolment) for payment in planned.payments),
    )


async def _batch_numbers(wanted: int, random: Random) -> list[str]:
    """There are a million of them, so some would come out twice."""
    taken = {row["number"] for row in await Batch.select(Batch.number)}
    new: dict[str, None] = {}
    while len(new) < wanted:
        number = new_batch_number(random)
        if number not in taken:
            new[number] = None
    return list(new)


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


async def _settle() -> None:
    """Lets the planner know what is there, and PostgreSQL which pages everybody sees."""
    if isinstance(DB, SQLite):
        async with transaction(patience=PATIENCE):
            await DB.run_ddl("ANALYZE")
        return
    connection = await DB.connect(as_owner=True)
    try:
        await connection.execute("SET statement_timeout = 0")
        for table in TABLES:
            await connection.execute(f"VACUUM (ANALYZE) {table._meta.tablename}", timeout=PATIENCE)
    finally:
        await connection.close()
