"""Linking an enrolment to an organisation by hand: only where nobody is linked, and only whose code is active there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from piccolo.columns.combination import WhereRaw

from app.access import Access
from app.audit import record
from app.candidates.administration.details import CandidateDetails, EnrolmentLine, find_line
from app.clock import now
from app.database import transaction
from app.enrolment.enrolling import may_link
from app.security import PortalRequest
from app.tables import Enrolment, LinkSource, Organisation, UnlinkCause, Unlinking
from app.viewer import OrganisationName

ON_ROUTE = """
organisation.active = {} AND organisation.id IN (
    SELECT organisation_route.organisation FROM organisation_route WHERE organisation_route.route = {}
)
"""


@dataclass(frozen=True)
class LinkQuestion:
    """What is asked before a link is made."""

    person: CandidateDetails
    line: EnrolmentLine
    organisations: Sequence[OrganisationName]
    """Whose code is active on the route."""
    chosen: OrganisationName | None
    objected: bool
    """The candidate once objected to a link with the one that is chosen."""
    errors: Mapping[str, str]

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(each.code, f"{each.name}, {each.code}") for each in self.organisations]

    def answered(self, agreed: bool) -> "LinkQuestion":
        """What the candidate once objected to is only made again when the candidate asks for it."""
        if not self.objected or agreed:
            return self
        return replace(self, errors={"gevraagd": "Koppel alleen opnieuw als de kandidaat daar zelf om vraagt."})


async def ask_link(access: Access, candidate: int, enrolment: int, code: str | None) -> LinkQuestion:
    """With `code` None nothing was chosen yet. Raises NotFoundException where there is no such enrolment."""
    person, line = await find_line(access, candidate, enrolment)
    organisations = await _offered(line.row["route"])
    chosen = next((each for each in organisations if each.code == code), None)
    wrong = code is not None and chosen is None
    return LinkQuestion(
        person=person,
        line=line,
        organisations=organisations,
        chosen=chosen,
        objected=chosen is not None and await _objected(enrolment, chosen.id),
        errors={"organisatie": "Kies een organisatie uit de lijst."} if wrong else {},
    )


async def link(access: Access, request: PortalRequest, line: EnrolmentLine, organisation: int) -> bool:
    """Whether it is linked now by this: of two who link, one does; nobody, once the organisation's code is off."""
    free = access.enrolments & (Enrolment.id == line.id) & Enrolment.organisation.is_null()
    async with transaction():
        if not await may_link(organisation, line.row["route"]):
            return False
        linked = (
            await Enrolment.update(
                {
                    Enrolment.organisation: organisation,
                    Enrolment.link_source: LinkSource.ADMINISTRATOR,
                    Enrolment.linked_at: now(),
                    Enrolment.linked_by: access.user,
                    Enrolment.changed_at: now(),
                }
            )
            .where(free)
            .returning(Enrolment.id)
        )
        if linked:
            await record(request, "link", "enrolment", line.id, organisation=organisation)
    return bool(linked)


async def _offered(route: int) -> list[OrganisationName]:
    rows = (
        await Organisation.select(Organisation.id, Organisation.code, Organisation.name)
        .where(WhereRaw(ON_ROUTE, True, route))
        .order_by(Organisation.sort_key, Organisation.id)
    )
    return [OrganisationName(row["id"], row["code"], row["name"]) for row in rows]


async def _objected(enrolment: int, organisation: int) -> bool:
    here = (Unlinking.enrolment == enrolment) & (Unlinking.organisation == organisation)
    return bool(await Unlinking.exists().where(here & (Unlinking.cause == UnlinkCause.OBJECTION)))
