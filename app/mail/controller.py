"""Berichten: what was mailed, what waits, and what went wrong."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.mail.filters import MailFilter
from app.mail.letters import Unsendable, write
from app.mail.overview import MailOverview, Row, Shown
from app.mail.queries import Record, find_mail, list_mail, open_mail, record_view, send_again
from app.pages import go, page
from app.query import row_id
from app.security import PortalRequest
from app.tables import Role


class MailController(Controller):
    path = "/beheer/berichten"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        filters = MailFilter.from_query(request.scope["query_string"])
        overview = MailOverview(request.viewer, filters, await list_mail(access, filters))
        return page(request, "mail/index.html", status=overview.status, overview=overview)

    @get("/{mail:str}")
    async def show(self, request: PortalRequest, access: NamedDependency[Access], mail: FromPath[str]) -> Response[str]:
        found = await find_mail(access, row_id(mail))
        await record_view(access, request, found)
        return await show_mail(request, found, queued_again="opnieuw" in request.query_params)

    @post("/{mail:str}/openen", status_code=200)
    async def open(self, request: PortalRequest, access: NamedDependency[Access], mail: FromPath[str]) -> Response[str]:
        """The only answer with a secret in it. Nothing keeps it, and loading it again asks first."""
        try:
            written = await open_mail(access, request, row_id(mail))
        except Unsendable:
            written = None
        if written is None:
            return go(request, f"/beheer/berichten/{mail}")
        row = Row(await find_mail(access, row_id(mail)))
        return page(request, "mail/show.html", mail=Shown(row, written, opened=True))

    @post("/{mail:str}/opnieuw", status_code=303)
    async def again(
        self, request: PortalRequest, access: NamedDependency[Access], mail: FromPath[str]
    ) -> Response[str]:
        await send_again(access, request, row_id(mail))
        return go(request, f"/beheer/berichten/{mail}?opnieuw=1")


async def show_mail(request: PortalRequest, row: Record, *, queued_again: bool) -> Response[str]:
    """Without what is its reader's alone."""
    written, unsendable = None, ""
    try:
        written = await write(row, secret=False)
    except Unsendable as reason:
        unsendable = str(reason)
    shown = Shown(Row(row), written, unsendable, queued_again=queued_again)
    return page(request, "mail/show.html", mail=shown)
