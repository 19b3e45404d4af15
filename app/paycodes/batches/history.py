"""One code: looked up however it is typed, and all that happened to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.audit import record
from app.clock import now
from app.names import full_name
from app.pages import day, go, page
from app.paycodes.batches.forms import Form
from app.paycodes.batches.queries import find_batch, find_code, list_events, look_up
from app.paycodes.codes import CODE_LENGTH, is_checked, is_code, readings
from app.paycodes.overview import Row, shown_code
from app.paycodes.status import ICONS, TONES, Clock, Status
from app.query import row_id
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import PaycodeChange, Role

PATH = "/beheer/batches/codes"
LONGEST = 300


class CodeController(Controller):
    path = PATH
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def ask(self, request: PortalRequest) -> Response[str]:
        return page(request, "batches/look_up.html", form=Form({"code": ""}))

    @post(status_code=303)
    async def look_up(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        """By a form that posts: a code is worth money, and stands in no address."""
        typed = (await request.texts()).get("code", "").strip()[:LONGEST]
        meant = readings(typed)
        if is_code(meant[0]) and (found := await look_up(access, meant)):
            return go(request, f"{PATH}/{found}")
        form = Form({"code": typed}, {"code": why_unknown(meant[0])})
        return page(request, "batches/look_up.html", status=422, form=form)

    @get("/{code:str}")
    async def show(self, request: PortalRequest, access: NamedDependency[Access], code: FromPath[str]) -> Response[str]:
        found = await find_code(access, row_id(code))
        batch = await find_batch(access, found["batch"], now())
        await record(request, "view_paycode", "paycode", found["id"], organisation=batch["organisation"])
        shown = shown_code(found, await load_catalogue(access), Clock(now()), f"/beheer/batches/{batch['id']}")
        return page(
            request,
            "batches/code.html",
            code=shown,
            change_path=f"{shown.batch_href}/wijzigen?code={shown.id}",
            moments=timeline(shown, await list_events(access, shown.id)),
        )


def why_unknown(code: str) -> str:
    """Of a code that nobody issued."""
    if not is_code(code):
        return f"Een betaalcode heeft {CODE_LENGTH} letters en cijfers. Controleer wat u typte."
    if is_checked(code):
        return "Deze betaalcode is niet bekend."
    return "Hier zit waarschijnlijk een typefout in: zo is geen betaalcode opgebouwd. Vergelijk hem teken voor teken."


@dataclass(frozen=True)
class Moment:
    """On the timeline."""

    at: datetime
    tone: str
    icon: str
    title: str
    text: str = ""
    href: str = ""


def timeline(code: Row, events: Sequence[dict[str, Any]]) -> list[Moment]:
    """The oldest first."""
    told = [_moment(each, code) for each in events]
    return sorted([*_own(code, events), *told], key=lambda moment: moment.at)


def _own(code: Row, events: Sequence[dict[str, Any]]) -> Iterator[Moment]:
    """What the code itself tells."""
    yield Moment(code.created_at, "", "betaalcode", "Uitgegeven", f"In batch {code.batch}")
    changes = [each["change"] for each in events if each["change"] != PaycodeChange.EXTENDED]
    if code.deactivated_at and PaycodeChange.DEACTIVATED not in changes[-1:]:  # before changes were kept
        yield _deactivated(code.deactivated_at, code.reason)
    if code.status is Status.EXPIRED:
        yield Moment(code.expires_at, TONES[Status.EXPIRED], ICONS[Status.EXPIRED], "Verlopen")
    if code.used_at:
        yield Moment(code.used_at, "geslaagd", ICONS[Status.USED], "Gebruikt", f"Door {code.user}", code.user_href)


def _moment(event: dict[str, Any], code: Row) -> Moment:
    by = full_name(event["by.given_name"] or "", event["by.name_particle"] or "", event["by.family_name"] or "")
    by, at = f"Door {by}" if by else "", event["at"]
    match PaycodeChange(event["change"]):
        case PaycodeChange.DEACTIVATED:
            return _deactivated(at, event["reason"], by)
        case PaycodeChange.REACTIVATED:
            return Moment(at, "geslaagd", "herstel", "Weer te gebruiken", by)
        case PaycodeChange.EXTENDED:
            return Moment(at, "", "agenda", f"Verlengd tot en met {day(event['expires_at'])}", by)
        case PaycodeChange.LINKED:
            return Moment(at, "", "organisatie", f"Gekoppeld aan {code.organisation}", by)


def _deactivated(at: datetime, reason: str, by: str = "") -> Moment:
    text = ". ".join(filter(None, (by, reason)))
    return Moment(at, TONES[Status.INACTIVE], ICONS[Status.INACTIVE], "Gedeactiveerd", text)
