"""Making, changing and deactivating organisations. Only administrators come here, who may do so with any of them: the
controller declares it."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.audit import record
from app.clock import now
from app.database import transaction, violated_unique
from app.names import fold
from app.once import once
from app.organisations.forms import TAKEN, Form
from app.organisations.queries import propose_code
from app.security import PortalRequest
from app.tables import Organisation, OrganisationRoute, Route

TRIES = 5


class CodeTaken(ValueError):
    """Another organisation has this code; the message is a Dutch sentence."""

    def __init__(self) -> None:
        super().__init__(TAKEN)


async def make_organisation(access: Access, request: PortalRequest, form: Form, key: str) -> int:
    """With the first code that is free when none was typed; the same form sent twice makes one. Raises CodeTaken."""
    for _ in range(1 if form.values["code"] else TRIES):
        code = form.values["code"] or await propose_code(access, form.values["naam"])
        try:
            return await once(key, partial(_make, request, form, code))
        except Exception as error:
            if "code" not in violated_unique(error):
                raise
    raise CodeTaken


async def _make(request: PortalRequest, form: Form, code: str) -> int:
    organisation = Organisation(
        code=code,
        name=form.values["naam"],
        sort_key=fold(form.values["naam"]),
        second_factor_required=bool(form.values["tweede_stap"]),
        created_at=now(),
    )
    await organisation.save()
    key: int = organisation.id
    await _activate_on(key, await _routes(form.routes))
    await record(request, "make_organisation", "organisation", key, organisation=key)
    return key


async def save_organisation(request: PortalRequest, key: int, form: Form) -> None:
    """Raises CodeTaken."""
    columns: dict[Any, Any] = {
        "name": form.values["naam"],
        "code": form.values["code"],
        "second_factor_required": bool(form.values["tweede_stap"]),
    }
    mine = OrganisationRoute.organisation == key
    try:
        async with transaction():
            before = await Organisation.select().where(Organisation.id == key).first()
            if before is None:
                raise NotFoundException
            # Whoever saves it at the same moment waits here.
            sorted_as: dict[Any, Any] = {"sort_key": fold(form.values["naam"])}
            await Organisation.update(columns | sorted_as).where(Organisation.id == key)
            changed = [name for name, value in columns.items() if before[name] != value]
            wanted = await _routes(form.routes)
            active = set(await OrganisationRoute.select(OrganisationRoute.route).where(mine).output(as_list=True))
            if gone := active - wanted:
                await OrganisationRoute.delete().where(mine & OrganisationRoute.route.is_in(list(gone)))
            await _activate_on(key, wanted - active)
            if active != wanted:
                changed.append("routes")
            await record(
                request, "change_organisation", "organisation", key, organisation=key, fields=",".join(changed)
            )
    except Exception as error:
        if "code" in violated_unique(error):
            raise CodeTaken from error
        raise


async def _routes(slugs: Iterable[str]) -> set[int]:
    wanted = list(slugs)
    return set(await Route.select(Route.id).where(Route.slug.is_in(wanted)).output(as_list=True)) if wanted else set()


async def _activate_on(organisation: int, routes: Iterable[int]) -> None:
    rows = [OrganisationRoute(organisation=organisation, route=route) for route in sorted(routes)]
    if rows:
        await OrganisationRoute.insert(*rows)


async def activate(request: PortalRequest, key: int, is_active: bool) -> None:
    """Whether its code links anybody. Who is linked stays so, and nobody loses a mandate."""
    other = (Organisation.id == key) & Organisation.active.eq(not is_active)
    async with transaction():
        if await Organisation.update({Organisation.active: is_active}).where(other).returning(Organisation.id):
            await record(
                request,
                "activate_organisation" if is_active else "deactivate_organisation",
                "organisation",
                key,
                organisation=key,
            )
