"""Beheer of paycode batches: which there are, issuing one, and what is in it."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.audit import record
from app.clock import now
from app.downloads.delivery import WORKBOOK, attachment, file_name, make_at_once
from app.downloads.process import Order
from app.once import form_key, once
from app.organisations.queries import filterable_organisations
from app.pages import go, page
from app.paging import Page, Slice
from app.paycodes.batches.changes import what_was_done
from app.paycodes.batches.filters import BatchFilter
from app.paycodes.batches.forms import Form, blank, organisation_options, read_issue
from app.paycodes.batches.handout import form_address, make_cards
from app.paycodes.batches.overview import BatchOverview, shown
from app.paycodes.batches.queries import find_batch, list_batches, list_codes
from app.paycodes.changing import chosen
from app.paycodes.issuing import issue_batch
from app.paycodes.overview import shown_code
from app.paycodes.queries import standing_of
from app.paycodes.status import Clock, Status
from app.query import Query, row_id
from app.routes.catalogue import load_catalogue
from app.routes.queries import find_route
from app.security import PortalRequest
from app.tables import Role

CODES_ON_A_PAGE = 50


class BatchController(Controller):
    path = "/beheer/batches"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        catalogue, organisations = await load_catalogue(access), await filterable_organisations(request.viewer)
        filters = BatchFilter.from_query(request.scope["query_string"], catalogue, organisations)
        overview = BatchOverview(request.viewer, filters, await list_batches(access, filters, now()))
        return page(request, "batches/index.html", status=overview.status, overview=overview, form=Form({"code": ""}))

    @get("/nieuw")
    async def ask(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return await show_form(request, access, blank(), form_key())

    @post("/nieuw", status_code=303)
    async def issue(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        sent = await request.texts()
        new, form = read_issue(sent, await load_catalogue(access), await filterable_organisations(request.viewer))
        if new is None:
            return await show_form(request, access, form, form_key(sent))

        async def make() -> int:
            return (await issue_batch(request, new, by=access.user)).id

        return go(request, f"/beheer/batches/{await once(form_key(sent), make)}?uitgegeven=1")

    @get("/{batch:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], batch: FromPath[str]
    ) -> Response[str]:
        clock, query = Clock(now()), Query(request.scope["query_string"])
        found, catalogue = await find_batch(access, row_id(batch), clock.now), await load_catalogue(access)
        part = Slice.of(query.number("pagina", 1), CODES_ON_A_PAGE, found["total"])
        rows = await list_codes(access, chosen(found["id"]), part.size, part.offset)
        return page(
            request,
            "batches/show.html",
            batch=shown(found, catalogue),
            page=Page([shown_code(row, catalogue, clock, "") for row in rows], part),
            page_href=lambda number: f"?pagina={number}",
            issued="uitgegeven" in request.query_params,
            said=what_was_done(query),
        )

    @get("/{batch:str}/uitdeelvel")
    async def handout(
        self, request: PortalRequest, access: NamedDependency[Access], batch: FromPath[str]
    ) -> Response[str]:
        found = await find_batch(access, row_id(batch), now())
        route = await find_route(access, found["route"])
        number = Query(request.scope["query_string"]).number("pagina", 1)
        cards = await make_cards(access, found["id"], route["slug"], number)
        organisation = found["organisation"]
        await record(request, "print_handout", "batch", found["id"], organisation=organisation, codes=len(cards.rows))
        return page(
            request,
            "batches/handout.html",
            batch=shown(found, await load_catalogue(access)),
            page=cards,
            page_href=lambda number: f"?pagina={number}",
            address_parts=form_address(route["slug"]).partition("/aanmelden/"),
            is_open=route["open_for_enrolment"],
        )

    @get("/{batch:str}/uitdeelvel.xlsx", already_compressed=True)
    async def download_handout(
        self, request: PortalRequest, access: NamedDependency[Access], batch: FromPath[str]
    ) -> Response[bytes]:
        found = await find_batch(access, row_id(batch), now())
        made = await make_at_once(request, Order("uitdeelvel", access.user, str(found["id"])))
        organisation, unused = found["organisation"], standing_of(found).by_status[Status.FREE]
        await record(request, "download_handout", "batch", found["id"], organisation=organisation, codes=unused)
        return Response(made, media_type=WORKBOOK, headers=attachment(file_name("uitdeelvel")))


async def show_form(request: PortalRequest, access: Access, form: Form, key: str) -> Response[str]:
    organisations = await filterable_organisations(request.viewer)
    return page(
        request,
        "batches/new.html",
        status=422 if form.errors else 200,
        form=form,
        key=key,
        organisations=organisation_options(organisations),
        routes=[
            (route.name, [(route.slug, f"{route.name} (alle profielen)")] + [(p.slug, p.name) for p in route.profiles])
            for route in await load_catalogue(access)
        ],
    )
