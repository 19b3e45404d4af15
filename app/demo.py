"""The demo world: invented organisations, candidates in every state, and the manual's own five paycodes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, count
from random import Random

from app.acting import Duty, acting_as
from app.clock import now, today
from app.database import transaction
from app.paycodes.codes import new_codes, new_enrolment_number
from app.results.progress import derive
from app.tables import (
    Batch,
    Candidate,
    Certificate,
    Enrolment,
    LinkSource,
    Organisation,
    Outcome,
    Paycode,
    StepResult,
    Unlinking,
)
from app.transactions import Transaction
from app.worlds.accounts import give_mandate, make_organisation, make_user
from app.worlds.batches import deactivated
from app.worlds.cast import ACCOUNTS, MANUAL_CODES, ORGANISATIONS
from app.worlds.catalogue import WorldRoute, ensure_routes
from app.worlds.demo_codes import demo_batches, manual_batch
from app.worlds.people import DIFFICULT
from app.worlds.rows import (
    BatchRecipe,
    Enrolled,
    Link,
    Row,
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
from app.worlds.stories import Story, Storyteller

SEED = 20220422
# Of the links without a paycode; the rest enrolled on the website.
BY_ENROLMENT_MANAGER = 0.35

Ids = Mapping[str, int]


async def load_demo() -> None:
    """Loads the demo world, whole or not at all. Where it stands already, nothing changes."""
    with acting_as(Duty.MAINTENANCE):
        async with transaction(patience=60.0, as_owner=True) as inside:
            if not await Organisation.exists().where(Organisation.code == "NWT"):
                await _load(inside, Random(SEED))  # noqa: S311  the same world each time


async def _load(inside: Transaction, random: Random) -> None:
    routes = {route.slug: route for route in await ensure_routes()}
    organisations = await _organisations(routes)
    users = await _accounts(organisations)
    last_ids = await last_id(Enrolment), await last_id(Candidate)
    stories = Storyteller(random, today(), routes, last_ids).stories()
    ids = count(await last_id(Batch) + 1)
    manual = manual_batch(next(ids), organisations["VAK"], routes["co"].id)
    batches = list(demo_batches(stories, organisations, routes, today(), random, ids))
    links: dict[int, Link | None] = {story.id: _link(story, organisations, users, random) for story in stories}
    unlinkings = _unlinkings(stories, links, organisations, users)
    await _load_enrolments(inside, [_enrolled(story, links[story.id], random) for story in stories], stories)
    await _load_codes(inside, manual, batches, users["beheerder"], random)
    await Unlinking.insert(*unlinkings)
    await advance_sequences()


async def _organisations(routes: Mapping[str, WorldRoute]) -> Ids:
    made_at = now() - timedelta(days=6 * 365)
    return {
        code: await make_organisation(code, recipe.name, [routes[slug].id for slug in recipe.routes], made_at)
        for code, recipe in ORGANISATIONS.items()
    }


async def _accounts(organisations: Ids) -> Ids:
    made_at = now() - timedelta(days=6 * 365)
    users: dict[str, int] = {}
    for username, account in ACCOUNTS.items():
        users[username] = await make_user(username, account.name, account.email, made_at)
        for role, code in account.mandates:
            organisation = organisations[code] if code else None
            await give_mandate(users[username], role, organisation, made_at, users["beheerder"])
    return users


def _link(story: Story, organisations: Ids, users: Ids, random: Random) -> Link:
    organisation = organisations[story.organisation]
    if 0 in story.codes:
        return Link(organisation, LinkSource.PAYCODE, story.codes[0])
    if random.random() < BY_ENROLMENT_MANAGER:
        by = users["dirk.visser"] if story.organisation == "NWT" else None
        return Link(organisation, LinkSource.ENROLMENT_MANAGER, story.enrolled_at, by)
    return Link(organisation, LinkSource.WEBSITE, story.enrolled_at)


def _unlinkings(
    stories: Sequence[Story], links: dict[int, Link | None], organisations: Ids, users: Ids
) -> list[Unlinking]:
    """Ends links of Noorderwind that have stood for long, and of nobody with a name to look for: two lately, one
    longer ago than can be undone, one undone, and one of somebody who paid with its paycode and was linked
    elsewhere since."""
    long_ago = now() - timedelta(days=150)
    own = [story for story in stories[len(DIFFICULT) :] if story.organisation == "NWT"]
    own = [story for story in own if story.enrolled_at < long_ago and story.renews is None and not story.renewals]
    paid = next(story for story in own if 0 in story.codes)
    others = [story for story in own if story is not paid]
    ended = dict(zip((3, 12, 75, 20, 25), [*others[:4], paid], strict=True))
    unlinkings = []
    for days, story in ended.items():
        link = links[story.id]
        assert link is not None
        at, anna = now() - timedelta(days=days), users["anna.smit"]
        restored = days == 20
        unlinkings.append(_unlinking(story.id, link, at, anna, at + timedelta(hours=1) if restored else None))
        links[story.id] = link if restored else None
    links[paid.id] = Link(
        organisations["DHK"], LinkSource.ADMINISTRATOR, now() - timedelta(days=10), users["beheerder"]
    )
    return unlinkings


def _unlinking(enrolment: int, link: Link, at: datetime, by: int, restored_at: datetime | None) -> Unlinking:
    return Unlinking(
        enrolment=enrolment,
        organisation=link.organisation,
        link_source=link.source,
        linked_at=link.at,
        linked_by=link.by,
        unlinked_at=at,
        unlinked_by=by,
        restored_at=restored_at,
        restored_by=by if restored_at else None,
    )


def _enrolled(story: Story, link: Link | None, random: Random) -> Enrolled:
    facts = story.history.facts(story.route, story.kind, story.renewals)
    return Enrolled(
        id=story.id,
        candidate=story.candidate,
        person=story.person,
        route=story.route,
        profile=story.profile,
        number=new_enrolment_number(random),
        enrolled_at=story.enrolled_at,
        history=story.history,
        progress=derive(facts, story.route.steps),
        link=link,
        kind=story.kind,
        renews=story.renews.id if story.renews else None,
    )


async def _load_enrolments(inside: Transaction, enrolments: Sequence[Enrolled], stories: Sequence[Story]) -> None:
    candidates = {each.candidate: each for each in reversed(enrolments)}
    results, certificates = count(await last_id(StepResult) + 1), count(await last_id(Certificate) + 1)
    taken = [row for each, story in zip(enrolments, stories, strict=True) for row in _results(each, story, results)]
    issued = [each for each in enrolments if each.history.issued_on]
    people = [candidate_row(key, each.person, each.enrolled_at) for key, each in sorted(candidates.items())]
    await load(inside, Candidate, people)
    await load(inside, Enrolment, [enrolment_row(each) for each in enrolments])
    await load(inside, StepResult, _one_corrected(taken, next(results)))
    await load(inside, Certificate, [certificate_row(next(certificates), each) for each in issued])


def _results(enrolled: Enrolled, story: Story, ids: Iterator[int]) -> list[Row]:
    recorded: list[date] = [day for number, day in enumerate(story.history.payments) if number not in story.codes]
    return list(result_rows(enrolled, recorded, ids))


def _one_corrected(rows: list[Row], new_id: int) -> list[Row]:
    """The first test that was passed at once had been recorded as failed, by mistake."""
    place = next(place for place, row in enumerate(rows) if row[3:5] == (1, Outcome.PASSED) and row[6])
    right = rows[place]
    wrong = (*right[:4], Outcome.FAILED.value, *right[5:])
    corrected_at = right[11] + timedelta(hours=3)
    corrected = (new_id, *right[1:9], right[0], "Verkeerd overgenomen van het formulier", corrected_at, None)
    return [*rows[:place], wrong, *rows[place + 1 :], corrected]


async def _load_codes(
    inside: Transaction, manual: BatchRecipe, batches: Sequence[BatchRecipe], by: int, random: Random
) -> None:
    ids = count(await last_id(Paycode) + 1)
    codes = chain(MANUAL_CODES, new_codes(sum(batch.size for batch in batches), random))
    rows = list(paycode_rows(manual, 0, codes, ids, by))
    for batch in batches:
        rows += paycode_rows(batch, deactivated(batch.unused, random), codes, ids, by)
    await load(inside, Batch, [batch_row(batch, by) for batch in (manual, *batches)])
    await load(inside, Paycode, rows)
