"""Of one person, by an administrator: a copy of all that is kept, and its end."""

from collections.abc import Awaitable, Callable

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.audit import record
from app.candidates.administration.details import find_candidate
from app.clock import today
from app.downloads.delivery import WORKBOOK, attachment, make_at_once
from app.downloads.process import Order
from app.pages import go, page
from app.people.mandates import MandateKept
from app.people.queries import find_person
from app.query import row_id
from app.rights.dossier import CANDIDATE, USER
from app.rights.erasing import OwnAccount, erase_candidate, erase_user
from app.rights.preview import Erasing, preview_candidate, preview_user
from app.security import PortalRequest
from app.tables import Role

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
UNSURE = "Zet een vinkje om te bevestigen dat u dit voorgoed wilt wissen."


class CandidateRightsController(Controller):
    path = "/beheer/kandidaten/{candidate:str}"
    opt = {"access": ADMINISTRATORS}

    @get("/afschrift.xlsx", already_compressed=True)
    async def copy(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[bytes]:
        key = (await find_candidate(access, row_id(candidate)))["id"]
        return await copy_of(request, access, CANDIDATE, key, f"kandidaat_{key}")

    @get("/wissen")
    async def ask(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[str]:
        erasing = await preview_candidate(access, row_id(candidate))
        await record(request, "view", "candidate", row_id(candidate))
        return show(request, erasing)

    @post("/wissen", status_code=200)
    async def erase(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[str]:
        key = (await find_candidate(access, row_id(candidate)))["id"]
        return await confirmed(request, access, key, preview_candidate, erase_candidate, f"/beheer/kandidaten/{key}")


class UserRightsController(Controller):
    path = "/beheer/gebruikers/{person:str}"
    opt = {"access": ADMINISTRATORS}

    @get("/afschrift.xlsx", already_compressed=True)
    async def copy(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[bytes]:
        key = (await find_person(access, row_id(person)))["id"]
        return await copy_of(request, access, USER, key, f"gebruiker_{key}")

    @get("/wissen")
    async def ask(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        erasing = await preview_user(access, row_id(person))
        await record(request, "view", "user", row_id(person))
        return show(request, erasing)

    @post("/wissen", status_code=200)
    async def erase(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        return await confirmed(request, access, row_id(person), preview_user, erase_user, "/beheer/gebruikers")


async def copy_of(request: PortalRequest, access: Access, kind: str, key: int, name: str) -> Response[bytes]:
    made = await make_at_once(request, Order("afschrift", access.user, f"{kind} {key}"))
    await record(request, "export", kind, key)
    return Response(made, media_type=WORKBOOK, headers=attachment(f"{name}_{today():%Y-%m-%d}.xlsx"))


async def confirmed(
    request: PortalRequest,
    access: Access,
    key: int,
    preview: Callable[[Access, int], Awaitable[Erasing]],
    erase: Callable[[Access, PortalRequest | None, int], Awaitable[bool]],
    after: str,
) -> Response[str]:
    """Erased, and on to the page `after` it; or asked again with what stands in the way."""
    if "zeker" not in await request.texts():
        return show(request, await preview(access, key), {"zeker": UNSURE})
    try:
        await erase(access, request, key)
    except (OwnAccount, MandateKept) as refusal:
        return show(request, await preview(access, key), {"": str(refusal)})
    return go(request, f"{after}?gedaan=gewist")


def show(request: PortalRequest, erasing: Erasing, errors: dict[str, str] | None = None) -> Response[str]:
    return page(request, "rights/erase.html", status=422 if errors else 200, erasing=erasing, errors=errors or {})
