"""A small world of paycodes, made by hand: every test says what stands in it."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from piccolo.table import Table

from app.access import Access
from app.clock import now
from app.names import search_text, sort_key
from app.paycodes.codes import batch_search_text, new_batch_number, new_code, new_enrolment_number
from app.tables import (
    Batch,
    Candidate,
    Enrolment,
    LinkSource,
    Mandate,
    Organisation,
    Paycode,
    Profile,
    Role,
    Route,
    Salutation,
    User,
)


def ago(**past: float) -> datetime:
    return now() - timedelta(**past)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


Kept = TypeVar("Kept", bound=Table)


async def kept(row: Kept) -> Kept:
    await row.save()
    return row


async def make_organisation(code: str) -> Organisation:
    return await kept(Organisation(code=code, name=f"Bedrijf {code} (demo)", created_at=ago(days=900)))


async def make_route(slug: str, position: int, *profiles: str) -> Route:
    route = await kept(Route(slug=slug, name=f"Vakmanschap {slug}", label=f"Route {slug}", position=position))
    for place, profile in enumerate(profiles):
        await kept(Profile(route=route.id, slug=profile, name=f"Profiel {profile}", position=place))
    return route


USED: set[str] = set()


def other_number(used: set[str], source: Random | None = None) -> str:
    """Of a batch. Drawn by chance, of some millions, two of them are the same now and then."""
    number = next(number for number in iter(lambda: new_batch_number(source), "") if number not in used)
    used.add(number)
    return number


async def make_batch(organisation: Organisation | None, route: Route, **values: Any) -> Batch:
    standard: dict[str, Any] = {"number": other_number(USED), "created_at": ago(days=30)}
    batch = Batch(**standard | values, organisation=organisation.id if organisation else None, route=route.id)
    batch.search_text = batch_search_text(batch.number, batch.contact_name, batch.reference)
    return await kept(batch)


async def make_code(batch: Batch, **values: Any) -> Paycode:
    """A code that may be used for a year, unless `values` say otherwise."""
    copied = ("organisation", "route", "profile", "contact_name", "reference", "search_text", "created_at")
    row: dict[str, Any] = {name: getattr(batch, name) for name in copied} | {"batch": batch.id, "code": new_code()}
    row["expires_at"] = row["created_at"] + timedelta(days=365)
    return await kept(Paycode(**row | values))


async def make_enrolment(
    organisation: Organisation | None, route: Route, given_name: str, name_particle: str, family_name: str
) -> Enrolment:
    email = f"{given_name}.{family_name}@example.org".lower()
    names: dict[str, Any] = {"given_name": given_name, "name_particle": name_particle, "family_name": family_name}
    candidate = await kept(
        Candidate(
            salutation=Salutation.NEUTRAL,
            email=email,
            email_key=email,
            sort_key=sort_key(given_name, name_particle, family_name),
            search_text=search_text(given_name, name_particle, family_name, email),
            created_at=ago(days=200),
            **names,
        )
    )
    number = new_enrolment_number()
    return await kept(
        Enrolment(
            candidate=candidate.id,
            route=route.id,
            number=number,
            enrolled_at=ago(days=200),
            changed_at=ago(days=200),
            organisation=organisation.id if organisation else None,
            link_source=LinkSource.PAYCODE if organisation else None,
            linked_at=ago(days=200) if organisation else None,
            sort_key=sort_key(given_name, name_particle, family_name),
            search_text=search_text(given_name, name_particle, family_name, email, number),
            **names,
        )
    )


async def make_manager(username: str, *organisations: Organisation, role: Role = Role.ORGANISATION_MANAGER) -> User:
    user = await kept(
        User(
            username=username,
            username_key=username,
            salutation=Salutation.NEUTRAL,
            given_name="Robin",
            family_name=username,
            email=f"{username}@example.org",
            email_key=f"{username}@example.org",
            created_at=ago(days=900),
        )
    )
    keys: list[int | None] = [organisation.id for organisation in organisations]
    for key in keys or [None]:
        await kept(Mandate(user=user.id, role=role, organisation=key, given_at=ago(days=1)))
    return user


def manages(*organisations: Organisation) -> Access:
    return Access(1, frozenset({Role.ORGANISATION_MANAGER}), tuple(each.id for each in organisations))
