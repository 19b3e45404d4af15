"""Enrolling people on a route, whichever way they come in: found or added, linked, and paid for, or none of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.audit import record_all
from app.clock import now
from app.enrolment.entry import Enrolled, Enrolling, Entry
from app.enrolment.locking import kept
from app.enrolment.people import find_people
from app.enrolment.person import Person, read_person
from app.enrolment.refusals import (
    AlreadyEnrolled,
    CodeRefused,
    EnrolmentRefused,
    NoFreeCode,
    NothingToRenew,
    OrganisationRefused,
    ProfileRefused,
    RouteClosed,
)
from app.many import insert_many
from app.names import search_text
from app.paycodes.codes import canonical, new_enrolment_number
from app.paycodes.redemption import assign_free_codes, find_usable, redeem
from app.results.rederive import rederive
from app.security import PortalRequest
from app.tables import (
    AuditEvent,
    Enrolment,
    Kind,
    LinkSource,
    Organisation,
    OrganisationRoute,
    Profile,
    Route,
    State,
)

__all__ = [
    "AlreadyEnrolled",
    "CodeRefused",
    "Enrolled",
    "Enrolling",
    "EnrolmentRefused",
    "NoFreeCode",
    "NothingToRenew",
    "OrganisationRefused",
    "Person",
    "ProfileRefused",
    "RouteClosed",
    "enrol",
    "enrol_all",
    "may_link",
    "read_person",
]

UNFINISHED = (State.NOT_STARTED, State.RUNNING, State.RESIT)
CERTIFIED = (State.COMPLETED, State.RENEWING)
CHUNK = 500


async def enrol(request: PortalRequest | None, enrolling: Enrolling) -> Enrolled:
    """In the caller's transaction. Raises EnrolmentRefused, which the caller lets end that transaction."""
    [answer] = await enrol_all(request, [enrolling])
    if isinstance(answer, EnrolmentRefused):
        raise answer
    return answer


async def enrol_all(request: PortalRequest | None, asked: Sequence[Enrolling]) -> list[Enrolled | EnrolmentRefused]:
    """Each as `enrol` does it, in their order, and in a few statements for every five hundred. Where one is refused,
    nothing that was written may stay: the caller ends the transaction."""
    answers: list[Enrolled | EnrolmentRefused] = []
    for start in range(0, len(asked), CHUNK):
        entries = [Entry(each, organisation=each.organisation) for each in asked[start : start + CHUNK]]
        for step in (_check_routes, _check_organisations, _check_codes, find_people, _add, _pay, _link_by_code):
            await step([entry for entry in entries if entry.refusal is None])
        entered = [entry for entry in entries if entry.refusal is None]
        await record_all(request, "enrol", [_event(request, entry) for entry in entered])
        await rederive([entry.id for entry in entered])
        answers += [entry.refusal or entry.enrolled for entry in entries]
    return answers


async def may_link(organisation: int, route: int) -> bool:
    """Whether this organisation's code links candidates on this route. Until the transaction ends it stays so."""
    on_route = OrganisationRoute.select(OrganisationRoute.organisation).where(OrganisationRoute.route == route)
    active = (Organisation.id == organisation) & Organisation.active.eq(True) & Organisation.id.is_in(on_route)
    return bool(await kept(Organisation.select(Organisation.id).where(active)))


async def _check_routes(entries: Sequence[Entry]) -> None:
    routes = {entry.asked.route for entry in entries}
    is_open = Route.id.is_in(list(routes)) & Route.open_for_enrolment.eq(True)
    offered = set(await Route.select(Route.id).where(is_open).output(as_list=True)) if routes else set()
    wanted = {entry.asked.profile for entry in entries if entry.asked.profile is not None}
    rows = await Profile.select(Profile.id, Profile.route).where(Profile.id.is_in(list(wanted))) if wanted else []
    profiles = {row["id"]: row["route"] for row in rows}
    for entry in entries:
        if entry.asked.route not in offered:
            entry.refusal = RouteClosed()
        elif entry.asked.profile is not None and profiles.get(entry.asked.profile) != entry.asked.route:
            entry.refusal = ProfileRefused()


async def _check_organisations(entries: Sequence[Entry]) -> None:
    pairs = sorted({(entry.asked.organisation, entry.asked.route) for entry in entries if entry.asked.organisation})
    links = {(organisation, route) for organisation, route in pairs if await may_link(organisation, route)}
    for entry in entries:
        if entry.asked.organisation and (entry.asked.organisation, entry.asked.route) not in links:
            entry.refusal = OrganisationRefused()


async def _check_codes(entries: Sequence[Entry]) -> None:
    """Before all that is known of people: a code that does not pay tells nobody who is enrolled, or certified."""
    usable = await find_usable(entry.asked.code for entry in entries if entry.asked.code)
    for entry in entries:
        asked = entry.asked
        found = usable.get(canonical(asked.code)) if asked.code else None
        if asked.code and not (found and found.pays_for(asked.route, asked.profile)):
            entry.refusal = CodeRefused()


async def _add(entries: Sequence[Entry]) -> None:
    """Their rows. One that is open already, settles that there is no other."""
    for entry in entries:
        if entry.asked.kind == Kind.RENEWAL:
            entry.renews = await _renewed(entry)
            entry.refusal = None if entry.renews else NothingToRenew()
    missing = [entry for entry in entries if entry.refusal is None]
    while missing:
        rows = [_row(entry, now()) for entry in missing]
        made = await insert_many(Enrolment, rows, ending="ON CONFLICT DO NOTHING RETURNING id, number")
        ids = {row["number"]: row["id"] for row in made}
        for entry in missing:
            entry.id = ids.get(entry.number, 0)
            if not entry.id and (found := await _unfinished(entry)):
                entry.refusal = AlreadyEnrolled(found)
        missing = [entry for entry in missing if not entry.id and entry.refusal is None]


def _row(entry: Entry, moment: datetime) -> dict[str, Any]:
    asked, person, entry.number = entry.asked, entry.person, new_enrolment_number()
    names = (person["given_name"], person["name_particle"], person["family_name"])
    return {
        "candidate": person["id"],
        "route": asked.route,
        "profile": asked.profile,
        "kind": asked.kind,
        "renews": entry.renews,
        "number": entry.number,
        "enrolled_at": moment,
        "organisation": asked.organisation,
        "link_source": asked.source if asked.organisation else None,
        "linked_at": moment if asked.organisation else None,
        "linked_by": asked.by if asked.organisation else None,
        "given_name": person["given_name"],
        "name_particle": person["name_particle"],
        "family_name": person["family_name"],
        "sort_key": person["sort_key"],
        "search_text": search_text(*names, person["email"], entry.number),
        "changed_at": moment,
    }


async def _unfinished(entry: Entry) -> int | None:
    same = _own(entry) & (Enrolment.kind == entry.asked.kind.value) & _is_any_of(UNFINISHED)
    found = await Enrolment.select(Enrolment.id).where(same).first()
    return found["id"] if found else None


async def _renewed(entry: Entry) -> int | None:
    """The person's last enrolment with a certificate on the route: the one that was named, if one was."""
    certified = _own(entry) & _is_any_of(CERTIFIED)
    if entry.asked.renews is not None:
        certified &= Enrolment.id == entry.asked.renews
    query = Enrolment.select(Enrolment.id).where(certified)
    found = await query.order_by(Enrolment.enrolled_at, Enrolment.id, ascending=False).first()
    return found["id"] if found else None


def _own(entry: Entry) -> Any:
    return (Enrolment.candidate == entry.person["id"]) & (Enrolment.route == entry.asked.route)


def _is_any_of(states: Sequence[State]) -> Any:
    return Enrolment.state.is_in([state.value for state in states])


async def _pay(entries: Sequence[Entry]) -> None:
    alike: dict[tuple[int, int, int | None], list[Entry]] = defaultdict(list)
    for entry in entries:
        asked = entry.asked
        if asked.free_code and asked.organisation:
            alike[asked.organisation, asked.route, asked.profile].append(entry)
        elif asked.code:
            entry.paid = await redeem(asked.code, enrolment=entry.id, route=asked.route, profile=asked.profile)
            entry.refusal = None if entry.paid else CodeRefused()
    for (organisation, route, profile), several in alike.items():
        ids = [entry.id for entry in several]
        codes = await assign_free_codes(organisation, route=route, profile=profile, enrolments=ids)
        for entry in several:
            entry.paid = codes.get(entry.id)
            entry.refusal = None if entry.paid else NoFreeCode()


async def _link_by_code(entries: Sequence[Entry]) -> None:
    """A code links with the organisation that it is of, as long as that organisation's own code does."""
    for entry in entries:
        owner = entry.paid.organisation if entry.paid else None
        if entry.organisation or not owner or not await may_link(owner, entry.asked.route):
            continue
        link: dict[Any, Any] = {
            Enrolment.organisation: owner,
            Enrolment.link_source: LinkSource.PAYCODE,
            Enrolment.linked_at: now(),
            Enrolment.linked_by: entry.asked.by,
            Enrolment.changed_at: now(),
        }
        await Enrolment.update(link).where(Enrolment.id == entry.id)
        entry.organisation = owner


def _event(request: PortalRequest | None, entry: Entry) -> AuditEvent:
    """Also whose code it was: it may be another organisation's than the one that was typed."""
    details: dict[str, Any] = {"kind": entry.asked.kind.value}
    if entry.paid:
        details |= {"paycode": entry.paid.id}
        details |= {"paycode_organisation": entry.paid.organisation} if entry.paid.organisation else {}
    signed_in = request.user.id if request and request.user else None
    return AuditEvent(
        actor=entry.asked.by or signed_in,
        object_type="enrolment",
        object_id=entry.id,
        organisation=entry.organisation,
        details=details,
    )
