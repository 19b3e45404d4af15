"""Files that come in: enrolments by enrolment managers, results by administrators."""

from typing import ClassVar

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.audit import record
from app.database import transaction
from app.downloads.delivery import WORKBOOK, attachment, file_name, make_at_once
from app.downloads.process import Order
from app.imports.archive import FileRefused
from app.imports.columns import arrange
from app.imports.forms import UploadForm, read_upload
from app.imports.kinds import Kind
from app.imports.queries import (
    MOST_UNFINISHED,
    Uploaded,
    cancel,
    confirm,
    count_remarks,
    count_unfinished,
    create_import,
    list_imports,
    list_rows,
    load_import,
    taken_over_before,
)
from app.imports.registry import KINDS
from app.imports.shown import FAULTS_ONLY, Preview, Shown
from app.imports.uploads import LARGEST, Uploads
from app.once import LONGEST
from app.pages import go, page
from app.query import Query, row_id
from app.security import PortalRequest
from app.tables import ImportKind, Role
from app.viewer import OrganisationName

LARGEST_BODY = LARGEST + 64 * 1024
"""The file, with what stands around it."""
WAIT = "Er worden al vijf bestanden van u verwerkt. Wacht tot er een klaar is."


class ImportController(Controller):
    """What both kinds share: upload, follow, look, decide."""

    kind: ClassVar[Kind]
    index_page: ClassVar[str]
    show_page: ClassVar[str]

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return await self._index(request, access, UploadForm())

    @post(status_code=303, request_max_body_size=LARGEST_BODY)
    async def upload(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        form = await read_upload(request, self._organisations(request))
        if await count_unfinished(access) >= MOST_UNFINISHED:
            form = form.refused("", WAIT)
        if not form.errors:
            try:
                key = await self._take_in(request, access, form)
                return go(request, f"{self.kind.path}/{key}")
            except FileRefused as refusal:
                form = form.refused("bestand", str(refusal))
        return await self._index(request, access, form)

    @get("/sjabloon.xlsx")
    async def template(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[bytes]:
        made = await make_at_once(request, Order("sjabloon", access.user, self.kind.kind))
        return Response(made, media_type=WORKBOOK, headers=attachment(f"sjabloon_{self.kind.title.lower()}.xlsx"))

    @get("/{import_id:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], import_id: FromPath[str]
    ) -> Response[str]:
        kind, row = self.kind.kind, await load_import(access, self.kind.kind, row_id(import_id))
        shown, query = Shown(self.kind, row), Query(request.scope["query_string"])
        if shown.busy:
            return page(request, self.show_page, shown=shown, preview=None)
        faults_only = query.choice("toon", (FAULTS_ONLY,), "") == FAULTS_ONLY
        found = await list_rows(access, kind, row["id"], faults_only, query.number("pagina", 1))
        if found.rows:
            seen = len(found.rows)
            await record(request, "view_import", "import", row["id"], organisation=row["organisation"], rows=seen)
        before = await taken_over_before(access, kind, row) if shown.preview else None
        preview = Preview(
            shown,
            found,
            faults_only,
            await count_remarks(access, kind, row["id"]),
            Shown(self.kind, before) if before else None,
        )
        return page(request, self.show_page, status=400 if query.errors else 200, shown=shown, preview=preview)

    @get("/{import_id:str}/fouten.xlsx")
    async def faulty(
        self, request: PortalRequest, access: NamedDependency[Access], import_id: FromPath[str]
    ) -> Response[bytes]:
        row = await load_import(access, self.kind.kind, row_id(import_id))
        made = await make_at_once(request, Order("fouten", access.user, f"{self.kind.kind} {row['id']}"))
        async with transaction():
            await record(
                request, "download", "import", row["id"], organisation=row["organisation"], rows=row["rows_refused"]
            )
        return Response(made, media_type=WORKBOOK, headers=attachment(file_name("fouten")))

    @post("/{import_id:str}/overnemen", status_code=303)
    async def take_over(
        self, request: PortalRequest, access: NamedDependency[Access], import_id: FromPath[str]
    ) -> Response[str]:
        row = await load_import(access, self.kind.kind, row_id(import_id))
        refused = (await request.texts()).get("fout", "")
        if refused.isascii() and refused.isdigit() and len(refused) < 6:
            await confirm(access, request, self.kind.kind, row["id"], int(refused))
            request.app.state.import_asked.set()
        return go(request, f"{self.kind.path}/{row['id']}")

    @post("/{import_id:str}/annuleren", status_code=303)
    async def cancel(
        self, request: PortalRequest, access: NamedDependency[Access], import_id: FromPath[str]
    ) -> Response[str]:
        if await cancel(access, request, self.kind.kind, row_id(import_id)):
            return go(request, f"{self.kind.path}?geannuleerd=1")
        return go(request, f"{self.kind.path}/{row_id(import_id)}")

    async def _index(self, request: PortalRequest, access: Access, form: UploadForm) -> Response[str]:
        imports = [Shown(self.kind, row) for row in await list_imports(access, self.kind.kind)]
        organisations = self._organisations(request)
        return page(
            request,
            self.index_page,
            status=422 if form.errors else 200,
            kind=self.kind,
            form=form,
            organisations=organisations,
            organisation_options=[(each.code, f"{each.name} ({each.code})") for each in organisations],
            imports=imports,
            cancelled="geannuleerd" in request.query_params,
        )

    async def _take_in(self, request: PortalRequest, access: Access, form: UploadForm) -> int:
        """Raises FileRefused."""
        uploads: Uploads = request.app.state.uploads
        rows = arrange(self.kind.columns, await uploads.read(form.file_name, form.content))
        chosen = [each.id for each in self._organisations(request) if each.code == form.organisation]
        organisation = chosen[0] if chosen else None
        uploaded = Uploaded(
            self.kind.kind,
            form.file_name,
            form.file_hash,
            rows,
            organisation,
            bool(chosen) and form.assign_paycodes,
            form.key[:LONGEST],
        )
        key = await create_import(access, request, uploaded)
        request.app.state.import_asked.set()
        return key

    def _organisations(self, request: PortalRequest) -> tuple[OrganisationName, ...]:
        """Those that the file can be for."""
        return ()


class EnrolmentImportController(ImportController):
    path = "/aanmeldingen/importeren"
    opt = {"access": frozenset({Role.ENROLMENT_MANAGER})}
    kind = KINDS[ImportKind.ENROLMENTS]
    index_page = "imports/enrolments.html"
    show_page = "imports/enrolments_show.html"

    def _organisations(self, request: PortalRequest) -> tuple[OrganisationName, ...]:
        return request.viewer.enrols_for


class ResultImportController(ImportController):
    path = "/beheer/uitslagen"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}
    kind = KINDS[ImportKind.RESULTS]
    index_page = "imports/results.html"
    show_page = "imports/results_show.html"
