"""A random world, the same for the same seed: everything that the two lists can show, in every mix that the database
allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from piccolo.table import Table

from app.clock import months_after, now, today
from app.database import transaction
from app.names import search_text, sort_key
from app.paycodes.codes import batch_search_text, new_code, new_enrolment_number
from app.tables import (
    Batch,
    Candidate,
    Certificate,
    Enrolment,
    Kind,
    LinkSource,
    Mandate,
    Organisation,
    OrganisationRoute,
    Paycode,
    Profile,
    Purpose,
    Role,
    Route,
    Salutation,
    State,
    Step,
    Unlinking,
    User,
)
from app.worlds.catalogue import ensure_routes
from app.worlds.people import DIFFICULT
from app.worlds.rows import COLUMNS, load
from tests.paycodes.world import other_number

MANAGER, ENROLS, ADMINISTRATOR = Role.ORGANISATION_MANAGER, Role.ENROLMENT_MANAGER, Role.ADMINISTRATOR
CODES = ("AAA", "BBB", "CCC", "DDD", "EEE")
REFERENCES = ("", "Test", "PO-2024-0173", "Monteurs regio Noord", "100% af_")
CONTACTS = ("", "Robin van 't Hof", "Chloë ter Beek", "Inkoop")
# Around midnight in Amsterdam, in summer and in winter.
TIMES = (time(9), time(21, 59, 59), time(22), time(22, 59, 59), time(23), time(23, 30))

Row = dict[str, Any]


@dataclass(frozen=True)
class Maker:
    """What the rows of one world are drawn from."""

    draw: Random
    organisations: Sequence[int]
    routes: Sequence[int]
    profiles: dict[int, list[int]]
    steps: dict[int, list[Row]]

    def somebodys(self) -> int | None:
        """An organisation; now and then nobody's."""
        return self.draw.choice([*self.organisations, *self.organisations, None])

    def moment(self, most_days: int) -> datetime:
        """In the past; many at the very same."""
        day = today() - timedelta(days=self.draw.randrange(2, most_days))
        return datetime.combine(day, self.draw.choice(TIMES), UTC)

    def way(self) -> tuple[int, int | None]:
        route = self.draw.choice(self.routes)
        return route, self.draw.choice([*self.profiles[route], None])

    def until(self) -> date:
        """Near one of the days on which a status ends."""
        soon = months_after(today(), 6)
        near = self.draw.choice([today(), today(), soon, soon, today() + timedelta(days=900)])
        return near + timedelta(days=self.draw.choice([-40, -1, 0, 1, 40]))


async def make_world(seed: int) -> None:
    draw = Random(seed)
    await ensure_routes()
    await _another_route(draw)
    codes = draw.sample(CODES, draw.randrange(3, 6))
    await Organisation.insert(*(Organisation(code=code, name=f"Bedrijf {code}", created_at=now()) for code in codes))
    organisations = await Organisation.select(Organisation.id).order_by(Organisation.id).output(as_list=True)
    routes = await Route.select(Route.id).order_by(Route.id).output(as_list=True)
    profiles, steps = await Profile.select(), await Step.select().order_by(Step.position)
    maker = Maker(
        draw,
        organisations,
        routes,
        {route: [each["id"] for each in profiles if each["route"] == route] for route in routes},
        {route: [each for each in steps if each["route"] == route] for route in routes},
    )
    offers = [(each, route) for each in organisations for route in routes if draw.random() < 0.6]
    if offers:
        await OrganisationRoute.insert(*(OrganisationRoute(organisation=one, route=route) for one, route in offers))
    await _people_who_look(maker)
    enrolments = await _enrolments(maker)
    await _paycodes(maker, enrolments)


async def _another_route(draw: Random) -> None:
    """With the steps of others in other places, and one of its own."""
    route = Route(slug="proef", name="Vakmanschap Proef", label="Proef", position=draw.randrange(6))
    await route.save()
    await Profile.insert(
        *(Profile(route=route.id, slug=slug, name=f"Profiel {slug}", position=1) for slug in ("een", "twee"))
    )
    tests = draw.sample(["theorietoets", "praktijkexamen", "praktijktoets", "gesprek"], draw.randrange(1, 5))
    purposes = {"aanmelding": Purpose.REGISTRATION, "betaling": Purpose.PAYMENT, "bewijs": Purpose.CERTIFICATE}
    slugs = ["aanmelding", "betaling", *tests, "bewijs"]
    await Step.insert(
        *(
            Step(route=route.id, slug=slug, name=slug, position=place, purpose=purposes.get(slug, Purpose.TEST))
            for place, slug in enumerate(slugs, 1)
        )
    )


async def _people_who_look(maker: Maker) -> None:
    """Managers of none, one, two and all; who enrols for one; both at once; administrators."""
    first, second, *_ = maker.draw.sample(maker.organisations, len(maker.organisations))
    mandates: dict[str, list[tuple[Role, int | None]]] = {
        "geen": [(MANAGER, None)],
        "een": [(MANAGER, first)],
        "twee": [(MANAGER, first), (MANAGER, second)],
        "alle": [(MANAGER, each) for each in maker.organisations],
        "aanmelder": [(ENROLS, first)],
        "dubbel": [(ENROLS, first), (MANAGER, second)],
        "beheerder": [(ADMINISTRATOR, None)],
        "allebei": [(MANAGER, first), (ADMINISTRATOR, None)],
    }
    await User.insert(*(User(**_user(username)) for username in mandates))
    users = {row["username"]: row["id"] for row in await User.select(User.id, User.username)}
    await Mandate.insert(
        *(
            Mandate(user=users[username], role=role, organisation=organisation, given_at=now())
            for username, given in mandates.items()
            for role, organisation in given
        )
    )


def _user(username: str) -> Row:
    names = {"given_name": "Kim", "family_name": username, "username": username, "username_key": username}
    mail = {"email": f"{username}@example.org", "email_key": f"{username}@example.org"}
    return {"salutation": Salutation.NEUTRAL, "created_at": now(), **names, **mail}


async def _enrolments(maker: Maker) -> list[Row]:
    draw, size = maker.draw, maker.draw.randrange(80, 160)
    persons = [_person(key, draw.choice(DIFFICULT)) for key in range(1, size * 3 // 4)]
    drawn = [_enrolment(maker, key, draw.choice(persons)) for key in range(1, size)]
    # Nobody walks the same way twice.
    enrolments = list({(each["candidate"], each["route"], each["kind"]): each for each in drawn}.values())
    certified = [
        {
            "enrolment": each["id"],
            "number": f"B{each['id']:05}",
            "issued_on": date(2020, 1, 1),
            "valid_until": each["valid_until"],
        }
        for each in enrolments
        if each["state"] in ("completed", "renewing", "renewed")
    ]
    await _load(Candidate, persons)
    await _load(Enrolment, enrolments)
    await _load(Certificate, [{"id": key, **each} for key, each in enumerate(certified, 1)])
    await Unlinking.insert(*(_moved(maker, each) for each in enrolments if each["id"] % 5 == 0))
    return enrolments


def _person(key: int, name: tuple[Salutation, str, str, str]) -> Row:
    email = f"persoon.{key}@example.org"
    names = dict(zip(("salutation", "given_name", "name_particle", "family_name"), name, strict=True))
    found = {"sort_key": sort_key(*name[1:]), "search_text": search_text(*name[1:], email)}
    return {"id": key, "email": email, "email_key": email, "created_at": now(), **found, **names}


def _enrolment(maker: Maker, key: int, person: Row) -> Row:
    draw, number = maker.draw, new_enrolment_number(maker.draw)
    route, profile = maker.way()
    at, organisation = maker.moment(900), maker.somebodys()
    names = {name: person[name] for name in ("given_name", "name_particle", "family_name", "sort_key")}
    link = {"organisation": organisation, "link_source": LinkSource.WEBSITE.value, "linked_at": at}
    return {
        "id": key,
        "candidate": person["id"],
        "route": route,
        "profile": profile,
        "number": number,
        "enrolled_at": at,
        "changed_at": draw.choice([at, now().replace(microsecond=0)]),
        "search_text": f"{person['search_text']} {number.lower()}",
        **names,
        **(link if organisation else {}),
        **_standing(maker, maker.steps[route]),
    }


def _standing(maker: Maker, steps: list[Row]) -> Row:
    """Some way along the steps of one kind."""
    draw = maker.draw
    renews = draw.random() < 0.3 and any(each["kind"] == Kind.RENEWAL for each in steps)
    kind = Kind.RENEWAL if renews else Kind.FIRST
    own = [each for each in steps if each["kind"] in (None, kind)]
    passed = draw.randrange(1, len(own) + 1)
    letters = ["p"] * passed + [draw.choice("osf"), *"ooooooo"][: len(own) - passed]
    tests = {letter for letter, step in zip(letters, own, strict=True) if step["purpose"] == Purpose.TEST}
    done = passed == len(own)
    until = maker.until() if passed > 2 and draw.random() < 0.7 else None
    if until:
        letters[passed - 1] = "v"
    at = {step["position"]: letter for step, letter in zip(own, letters, strict=True)}
    progress = "".join(at.get(step["position"], "-") for step in steps)
    if done:
        state = draw.choice([State.COMPLETED, State.COMPLETED, State.RENEWING, State.RENEWED])
    else:
        state = State.RESIT if "f" in tests else State.RUNNING if tests - {"o"} else State.NOT_STARTED
    return {
        "kind": kind.value,
        "progress": progress,
        "progress_notes": "|".join("20240102.1" if letter in "spfv" else "" for letter in progress),
        "state": state.value,
        "valid_until": until,
    }


def _moved(maker: Maker, enrolment: Row) -> Unlinking:
    """It was once linked elsewhere."""
    others = [each for each in maker.organisations if each != enrolment.get("organisation")]
    at = {"linked_at": enrolment["enrolled_at"], "unlinked_at": now()}
    return Unlinking(
        enrolment=enrolment["id"], organisation=maker.draw.choice(others), link_source=LinkSource.WEBSITE, **at
    )


async def _paycodes(maker: Maker, enrolments: list[Row]) -> None:
    used: set[str] = set()
    batches = [_batch(maker, key, other_number(used, maker.draw)) for key in range(1, maker.draw.randrange(10, 25))]
    codes = [_paycode(maker, batch, enrolments) for batch in batches for _ in range(maker.draw.randrange(1, 14))]
    await _load(Batch, batches)
    await _load(Paycode, [{"id": key, **each} for key, each in enumerate(codes, 1)])


def _batch(maker: Maker, key: int, number: str) -> Row:
    draw = maker.draw
    contact, reference = draw.choice(CONTACTS), draw.choice(REFERENCES)
    route, profile = maker.way()
    return {
        "id": key,
        "number": number,
        "organisation": maker.somebodys(),
        "route": route,
        "profile": profile,
        "contact_name": contact,
        "reference": reference,
        "search_text": batch_search_text(number, contact, reference),
        "created_at": maker.moment(700),
    }


def _paycode(maker: Maker, batch: Row, enrolments: list[Row]) -> Row:
    """Used by whoever, also by who is linked elsewhere by now or nowhere; or not."""
    draw, made = maker.draw, batch["created_at"]
    copied = {name: value for name, value in batch.items() if name not in ("id", "number")}
    later = made + timedelta(hours=draw.choice([0, 1, 30]))
    state = draw.choice(
        [
            {"used_at": later, "used_by": draw.choice(enrolments)["id"]},
            {"deactivated_at": later, "deactivation_reason": "Verloren"},
            {},
        ]
    )
    own = {"code": new_code(draw), "batch": batch["id"], "expires_at": made + timedelta(days=365), "changed_at": later}
    return {**copied, "deactivation_reason": "", **own, **state}


async def _load(table: type[Table], rows: list[Row]) -> None:
    async with transaction() as writing:
        await load(writing, table, [tuple(row.get(name) for name in COLUMNS[table].split()) for row in rows])
