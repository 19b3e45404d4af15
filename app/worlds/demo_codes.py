"""The paycodes of the demo: the manual's own five, and those that its candidates paid with."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import cycle
from random import Random

from app.clock import AMSTERDAM
from app.paycodes.codes import new_batch_number
from app.worlds.batches import SIZES, Payment, PlannedBatch, plan_batches
from app.worlds.cast import MANUAL_BATCH, ORGANISATIONS, REFERENCES
from app.worlds.catalogue import WorldRoute
from app.worlds.histories import moment
from app.worlds.rows import BatchRecipe
from app.worlds.stories import Story

# Who enrolled longer ago paid otherwise.
OLDEST_DAYS = 900
# Payments per code that may have been made with one: more than are, because batches come in few sizes.
CONSIDERED = 0.6


def manual_batch(number: int, organisation: int, route: int) -> BatchRecipe:
    return BatchRecipe(
        id=number,
        number=MANUAL_BATCH,
        organisation=organisation,
        route=route,
        profile=None,
        contact_name=ORGANISATIONS["VAK"].contacts[0],
        reference="Test",
        created_at=datetime(2022, 4, 22, 10, 49, tzinfo=AMSTERDAM),
        size=5,
    )


def demo_batches(
    stories: Iterable[Story],
    organisations: Mapping[str, int],
    routes: Mapping[str, WorldRoute],
    today: date,
    random: Random,
    ids: Iterator[int],
) -> Iterator[BatchRecipe]:
    """Notes with each story which of its payments were made with a paycode."""
    by_id = {story.id: story for story in stories}
    references = cycle(REFERENCES)
    for code, organisation in organisations.items():
        recipe = ORGANISATIONS[code]
        contacts = cycle(recipe.contacts)
        paid = _payments([story for story in by_id.values() if story.organisation == code], organisation, today)
        paid = random.sample(paid, min(len(paid), round(recipe.codes * CONSIDERED)))
        for planned in plan_batches(paid, recipe.codes, today, random):
            created_at = moment(planned.made_on, random.randrange(590))
            yield _recipe(next(ids), planned, created_at, next(contacts), next(references), random, by_id)
    yield _before_the_new_year(next(ids), organisations["NWT"], routes["co"], today, random)


def _payments(stories: list[Story], organisation: int, today: date) -> list[Payment]:
    oldest = today - timedelta(days=OLDEST_DAYS)
    return [
        Payment(organisation, story.route.id, day, story.id, number)
        for story in stories
        for number, day in enumerate(story.history.payments)
        if day >= oldest
    ]


def _recipe(
    number: int,
    planned: PlannedBatch,
    created_at: datetime,
    contact_name: str,
    reference: str,
    random: Random,
    stories: Mapping[int, Story],
) -> BatchRecipe:
    uses = []
    for payment in planned.payments:
        used_at = moment(payment.day, random.randrange(300, 470))
        stories[payment.enrolment].codes[payment.number] = used_at
        uses.append((used_at, payment.enrolment))
    return BatchRecipe(
        id=number,
        number=new_batch_number(random),
        organisation=planned.organisation,
        route=planned.route,
        profile=None,
        contact_name=contact_name,
        reference=reference,
        created_at=created_at,
        size=planned.size,
        uses=tuple(uses),
    )


def _before_the_new_year(number: int, organisation: int, route: WorldRoute, today: date, random: Random) -> BatchRecipe:
    """For one profile; made at 23:30 on the last day of the year, which still counts as that year."""
    return BatchRecipe(
        id=number,
        number=new_batch_number(random),
        organisation=organisation,
        route=route.id,
        profile=route.profiles[0],
        contact_name=ORGANISATIONS["NWT"].contacts[0],
        reference=f"Restant {today.year - 1}",
        created_at=datetime.combine(date(today.year - 1, 12, 31), time(23, 30), AMSTERDAM),
        size=SIZES[0],
    )
