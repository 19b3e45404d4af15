"""Downloads: large selections being made, and the files for a day."""

from dataclasses import dataclass
from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Stream

from app.access import Access
from app.downloads.delivery import WORKBOOK, attachment
from app.downloads.listings import PATHS, ROLES
from app.downloads.queries import Record, list_downloads, load_download, queue_again, read_chunks
from app.pages import go, page
from app.query import row_id, with_query
from app.security import PortalRequest
from app.tables import JobState

STATES = {
    JobState.QUEUED: ("ingepland", "In de rij"),
    JobState.RUNNING: ("ingepland", "Wordt gemaakt"),
    JobState.READY: ("geslaagd", "Klaar"),
    JobState.FAILED: ("gezakt", "Niet gelukt"),
}


class DownloadController(Controller):
    path = "/downloads"
    opt = {"access": frozenset(ROLES)}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        downloads = [Shown(row) for row in await list_downloads(access)]
        return page(request, "downloads/index.html", downloads=downloads)

    @get("/{download:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], download: FromPath[str]
    ) -> Response[str]:
        row = await load_download(access, row_id(download))
        return page(request, "downloads/show.html", download=Shown(row))

    @get("/{download:str}/bestand", already_compressed=True)
    async def file(self, access: NamedDependency[Access], download: FromPath[str]) -> Stream:
        """Whole, or the browser says that it broke off: its size goes ahead of it."""
        row = await load_download(access, row_id(download))
        if row["state"] != JobState.READY:
            raise NotFoundException
        headers = attachment(row["file_name"]) | {"Content-Length": str(row["size"])}
        return Stream(read_chunks(access, row["id"]), media_type=WORKBOOK, headers=headers)

    @post("/{download:str}/opnieuw", status_code=200)
    async def again(
        self, request: PortalRequest, access: NamedDependency[Access], download: FromPath[str]
    ) -> Response[str]:
        await queue_again(access, row_id(download))
        request.app.state.download_asked.set()
        return go(request, f"/downloads/{download}")


@dataclass(frozen=True)
class Shown:
    """A download as it is shown."""

    row: Record

    @property
    def href(self) -> str:
        return f"/downloads/{self.row['id']}"

    @property
    def selection_href(self) -> str:
        return with_query(PATHS[self.row["kind"]], self.row["query"])

    @property
    def file_name(self) -> str:
        return str(self.row["file_name"])

    @property
    def tone(self) -> str:
        return STATES[self.row["state"]][0]

    @property
    def words(self) -> str:
        return STATES[self.row["state"]][1]

    @property
    def ready(self) -> bool:
        return bool(self.row["state"] == JobState.READY)

    @property
    def failed(self) -> bool:
        return bool(self.row["state"] == JobState.FAILED)

    @property
    def unfinished(self) -> bool:
        return not (self.ready or self.failed)

    @property
    def error(self) -> str:
        return str(self.row["error"])

    @property
    def rows(self) -> str:
        return f"{self.row['rows']:,}".replace(",", ".")

    @property
    def percentage(self) -> int:
        """Full only when the file is there: after the last row it must still be saved."""
        return 100 if self.ready else min(99, 100 * self.row["rows_done"] // self.row["rows"])

    @property
    def size(self) -> str:
        return f"{self.row['size'] / 1_000_000:.1f} MB".replace(".", ",")

    @property
    def created_at(self) -> datetime:
        moment: datetime = self.row["created_at"]
        return moment

    @property
    def expires_at(self) -> datetime:
        moment: datetime = self.row["expires_at"]
        return moment
