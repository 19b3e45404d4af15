"""Overzicht, the details of an enrolment, and the end of its link."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import FromPath

from app.access import Access
from app.candidates.details import record_view, show_enrolment
from app.candidates.filters import CandidateFilter
from app.candidates.overview import Overview
from app.candidates.queries import count, list_candidates
from app.candidates.unlinking import ask, list_unlinked, restore, unlink
from app.database import together
from app.downloads.delivery import deliver
from app.organisations.queries import filterable_organisations
from app.pages import go, is_fragment, page
from app.paging import SIZES
from app.query import Query, row_id
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role

MANAGERS = frozenset({Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR})


# What /ontkoppeld says after a form without JavaScript: tone and words.
DONE = {
    "ontkoppeld": ("geslaagd", "De kandidaat is ontkoppeld."),
    "hersteld": ("geslaagd", "De kandidaat is weer gekoppeld."),
    "elders": ("let-op", "Deze kandidaat is intussen aan een andere organisatie gekoppeld."),
}

# What the details say after something was recorded of the enrolment.
RECORDED = {
    "uitslag": "De uitslag is vastgelegd.",
    "correctie": "De uitslag is gecorrigeerd.",
    "bewijs": "Het bewijs is vastgelegd.",
    "verlenging": "De verlenging is gestart.",
}


class OverviewController(Controller):
    opt = {"access": MANAGERS}

    @get("/overzicht")
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return await show_overview(request, access)

    @get("/overzicht.xlsx", already_compressed=True)
    async def download(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[Any]:
        filters = await read_filters(request, access)
        if filters.errors:
            return await show_overview(request, access)
        return await deliver(request, access, "kandidaten", filters, (await count(access, filters)).total)

    @get("/ontkoppeld")
    async def unlinked(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        query = Query(request.scope["query_string"])
        number, said = query.number("pagina", 1), query.choice("gedaan", DONE, "")
        if query.errors:
            raise ClientException
        unlinkings = await list_unlinked(access, number, SIZES[0])
        return page(request, "candidates/unlinked.html", unlinkings=unlinkings, said=DONE.get(said))


class EnrolmentController(Controller):
    path = "/deelnames/{enrolment:str}"
    opt = {"access": MANAGERS}

    @get()
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        async with together():
            details = await show_enrolment(access, row_id(enrolment), await read_selection(request, access))
            await record_view(access, request, details.row)
        done = RECORDED.get(request.query_params.get("gedaan", ""), "")
        return page(request, "candidates/show.html", details=details, done=done)

    @get("/ontkoppelen")
    async def confirm(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        filters = await read_selection(request, access)
        question = await ask(access, row_id(enrolment), filters.query(number=filters.number))
        return page(request, "candidates/unlink.html", question=question)

    @post("/ontkoppelen", status_code=200)
    async def unlink(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        unlinked = await unlink(access, request, await chosen(request, enrolment))
        if is_fragment(request):
            return await show_overview(request, access, unlinked=unlinked)
        return go(request, "/ontkoppeld?gedaan=ontkoppeld")

    @post("/herstellen", status_code=200)
    async def restore(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        wanted = await chosen(request, enrolment)
        restored = await restore(access, request, wanted)
        if is_fragment(request):
            return await show_overview(request, access, restored=restored, refused=len(wanted) - len(restored))
        return go(request, f"/ontkoppeld?gedaan={'hersteld' if restored else 'elders'}")


async def show_overview(request: PortalRequest, access: Access, **said: Any) -> Response[str]:
    """The selection that the query string asks for, with what was just done to it."""
    async with together():
        filters = await read_filters(request, access)
        overview = Overview(request.viewer, filters, await list_candidates(access, filters))
    done: dict[str, Any] = {"unlinked": [], "restored": [], "refused": 0} | said
    return page(request, "candidates/index.html", status=overview.status, overview=overview, **done)


async def read_filters(request: PortalRequest, access: Access) -> CandidateFilter:
    return CandidateFilter.from_query(
        request.scope["query_string"],
        await load_catalogue(access),
        await filterable_organisations(request.viewer),
    )


async def read_selection(request: PortalRequest, access: Access) -> CandidateFilter:
    """The same, where it must be readable: ClientException otherwise."""
    filters = await read_filters(request, access)
    if filters.errors:
        raise ClientException
    return filters


async def chosen(request: PortalRequest, enrolment: str) -> list[int]:
    """The enrolment of the address, and those that the form adds to it."""
    form = await request.form()
    return sorted({row_id(str(each)) for each in (enrolment, *form.getall("deelname", []))})
