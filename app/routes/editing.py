"""Making, changing, ordering and deleting routes and their profiles. Only administrators come here, who may do
so with any of them: the controller declares it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from litestar.exceptions import NotFoundException
from piccolo.query import Select
from piccolo.query.mixins import LockStrength

from app.audit import record
from app.database import transaction, violated_reference, violated_unique
from app.once import is_first, once
from app.routes.forms import TAKEN, Form, route_columns
from app.routes.slugs import free_slug
from app.security import PortalRequest
from app.tables import OrganisationRoute, Profile, Route, Step

LONGEST_PROFILE_SLUG = 80


class Way(StrEnum):
    UP = "omhoog"
    DOWN = "omlaag"


class Refused(ValueError):
    """What is asked cannot be; the message is a Dutch sentence."""


class SlugTaken(Refused):
    pass


async def make_route(request: PortalRequest, form: Form) -> int:
    """Behind all others, open for enrolment. Raises SlugTaken."""
    try:
        async with transaction():
            last = await Route.select(Route.position).order_by(Route.position, ascending=False).first()
            route = Route(route_columns(form) | {Route.position: last["position"] + 1 if last else 1})
            await route.save()
            await record(request, "make_route", "route", route.id)
    except Exception as error:
        raise _taken(error) from error
    key: int = route.id
    return key


async def save_route(request: PortalRequest, key: int, form: Form) -> None:
    """Raises SlugTaken."""
    columns = route_columns(form)
    try:
        async with transaction():
            before = await Route.select().where(Route.id == key).first()
            if before is None:
                raise NotFoundException
            changed = [column._meta.name for column, value in columns.items() if before[column._meta.name] != value]
            await Route.update(columns).where(Route.id == key)
            await record(request, "change_route", "route", key, fields=",".join(changed))
    except Exception as error:
        raise _taken(error) from error


def _taken(error: Exception) -> Exception:
    return SlugTaken(TAKEN) if "slug" in violated_unique(error) else error


async def move_route(request: PortalRequest, key: int, way: Way, form: str) -> None:
    """One place up or down; at the end it stays. The same `form` (`app.once.form_key`) sent twice moves it once."""
    async with transaction():
        routes = await _locked(Route.select(Route.id).order_by(Route.id), LockStrength.no_key_update)
        ordered = await Route.select(Route.id).order_by(Route.position, Route.id).output(as_list=True)
        if key not in {row["id"] for row in routes}:
            raise NotFoundException
        if not await is_first(form):
            return
        for place, each in enumerate(moved(ordered, key, way), 1):
            await Route.update({Route.position: place}).where((Route.id == each) & (Route.position != place))
        await record(request, "move_route", "route", key, way=way.value)


def moved(ordered: Sequence[int], key: int, way: Way) -> list[int]:
    place = ordered.index(key)
    other = place + (-1 if way is Way.UP else 1)
    found = list(ordered)
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found


async def open_route(request: PortalRequest, key: int, is_open: bool) -> None:
    """Whether people can enrol on it."""
    async with transaction():
        changed = await Route.update({Route.open_for_enrolment: is_open}).where(Route.id == key).returning(Route.id)
        if not changed:
            raise NotFoundException
        await record(request, "open_route" if is_open else "close_route", "route", key)


async def delete_route(request: PortalRequest, key: int) -> None:
    """With its profiles and steps. Raises Refused while anything refers to it."""
    offered = OrganisationRoute.exists().where(OrganisationRoute.route == key)
    try:
        async with transaction():
            await lock_route(key)
            if await offered:
                raise Refused("De code van een organisatie staat nog open voor deze route.")
            await Step.delete().where(Step.route == key)
            await Profile.delete().where(Profile.route == key)
            await Route.delete().where(Route.id == key)
            await record(request, "delete_route", "route", key)
    except Exception as error:
        if violated_reference(error):
            raise Refused(
                "Er zijn deelnames of betaalcodes bij deze route. Sluit de aanmelding in plaats daarvan."
            ) from error
        raise


async def lock_route(key: int, strength: LockStrength = LockStrength.update) -> None:
    """Until the end of the transaction nobody else changes the route; unless a weaker lock is asked, nobody enrols
    on it either: a new row that refers to it waits. Raises NotFoundException when it is not there."""
    if not await _locked(Route.select(Route.id).where(Route.id == key), strength):
        raise NotFoundException


async def _locked(query: Select[Any], strength: LockStrength) -> list[dict[str, Any]]:
    """SQLite has one writer anyway."""
    return list(await (query.lock_rows(strength) if query.engine_type == "postgres" else query))


# Profiles


async def make_profile(request: PortalRequest, route: int, form: Form, key: str) -> int:
    """Behind the others of the route. The same form (`key`: `app.once.form_key`) sent twice makes one."""
    return await once(key, lambda: _make_profile(request, route, form.values["naam"]))


async def _make_profile(request: PortalRequest, route: int, name: str) -> int:
    await lock_route(route, LockStrength.no_key_update)
    others = await Profile.select(Profile.slug, Profile.position).where(Profile.route == route)
    slug = free_slug(name, {row["slug"] for row in others}, LONGEST_PROFILE_SLUG)
    position = max((row["position"] for row in others), default=0) + 1
    profile = Profile(route=route, slug=slug or f"profiel-{position}", name=name, position=position)
    await profile.save()
    await record(request, "make_profile", "profile", profile.id, route=route)
    return int(profile.id)


async def rename_profile(request: PortalRequest, route: int, key: int, form: Form) -> None:
    """Its name in addresses stays: people keep those."""
    mine = (Profile.id == key) & (Profile.route == route)
    async with transaction():
        if not await Profile.update({Profile.name: form.values["naam"]}).where(mine).returning(Profile.id):
            raise NotFoundException
        await record(request, "rename_profile", "profile", key, route=route)


async def move_profile(request: PortalRequest, route: int, key: int, way: Way, form: str) -> None:
    async with transaction():
        await lock_route(route, LockStrength.no_key_update)
        mine = Profile.select(Profile.id).where(Profile.route == route)
        ordered = await mine.order_by(Profile.position, Profile.id).output(as_list=True)
        if key not in ordered:
            raise NotFoundException
        if not await is_first(form):
            return
        for place, each in enumerate(moved(ordered, key, way), 1):
            await Profile.update({Profile.position: place}).where(Profile.id == each)
        await record(request, "move_profile", "profile", key, route=route, way=way.value)


async def delete_profile(request: PortalRequest, route: int, key: int) -> None:
    """Raises Refused while an enrolment or a batch has it."""
    mine = (Profile.id == key) & (Profile.route == route)
    try:
        async with transaction():
            if not await Profile.delete().where(mine).returning(Profile.id):
                raise NotFoundException
            await record(request, "delete_profile", "profile", key, route=route)
    except Exception as error:
        if violated_reference(error):
            raise Refused("Dit profiel hoort bij deelnames of betaalcodes en blijft daarom bestaan.") from error
        raise
