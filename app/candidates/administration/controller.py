"""Kandidaten of Beheer: everybody who ever enrolled, found and put right."""

from dataclasses import dataclass

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.account.forms import SALUTATIONS
from app.audit import record
from app.candidates.administration.correcting import SamePerson, correct
from app.candidates.administration.details import find_candidate, find_line, href, show_candidate
from app.candidates.administration.doubles import likely_doubles
from app.candidates.administration.filters import CandidateSearch
from app.candidates.administration.forms import CandidateForm
from app.candidates.administration.linking import LinkQuestion, ask_link, link
from app.candidates.administration.merging import Merge, MergeRefused, merge, preview
from app.candidates.administration.overview import CandidateList
from app.candidates.administration.queries import find_candidates
from app.candidates.unlinking import restore, unlink
from app.organisations.queries import filterable_organisations
from app.pages import day, go, page
from app.query import row_id
from app.security import PortalRequest
from app.tables import Role

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

# What the page of a person says after something was done: tone and words.
DONE = {
    "gecorrigeerd": ("geslaagd", "De gegevens zijn opgeslagen, ook bij alle deelnames."),
    "gekoppeld": ("geslaagd", "De deelname is gekoppeld."),
    "ontkoppeld": ("geslaagd", "De deelname is ontkoppeld."),
    "hersteld": ("geslaagd", "De koppeling is hersteld."),
    "samengevoegd": ("geslaagd", "De twee kandidaten zijn samengevoegd. Alle deelnames staan hier."),
    "gewist": ("geslaagd", "De kandidaat is gewist. Wat hier staat, is van niemand meer."),
    "elders": ("let-op", "Deze deelname is intussen al gekoppeld, of de organisatie doet hier niet meer mee."),
    "bezwaar": ("let-op", "De kandidaat maakte bezwaar tegen deze koppeling. Die kan niemand herstellen."),
}


class CandidateController(Controller):
    path = "/beheer/kandidaten"
    opt = {"access": ADMINISTRATORS}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        filters = await read_search(request)
        found = await search(request, access, filters)
        return page(request, "candidates/administration/index.html", status=found.status, overview=found)

    @get("/{candidate:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[str]:
        person = await show_candidate(access, row_id(candidate))
        await record(request, "view", "candidate", person.id)
        done = DONE.get(request.query_params.get("gedaan", ""))
        return page(request, "candidates/administration/show.html", person=person, done=done)

    @get("/{candidate:str}/bewerken")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[str]:
        row = await find_candidate(access, row_id(candidate))
        await record(request, "view", "candidate", row["id"])
        return show_form(request, row["id"], CandidateForm.of(row))

    @post("/{candidate:str}/bewerken", status_code=200)
    async def correct(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[str]:
        key = (await find_candidate(access, row_id(candidate)))["id"]
        form = CandidateForm.read(await request.texts())
        if form.person is None:
            return show_form(request, key, form)
        try:
            await correct(access, request, key, form.person)
        except SamePerson as same:
            return show_form(request, key, form.known(same.candidate, by_number=same.by_number))
        return go(request, f"{href(key)}?gedaan=gecorrigeerd")


def show_form(request: PortalRequest, candidate: int, form: CandidateForm) -> Response[str]:
    return page(
        request,
        "candidates/administration/edit.html",
        status=422 if form.errors else 200,
        form=form,
        href=href(candidate),
        salutations=SALUTATIONS,
    )


async def search(request: PortalRequest, access: Access, filters: CandidateSearch) -> CandidateList:
    return CandidateList(request.viewer, filters, await find_candidates(access, filters))


async def read_search(request: PortalRequest) -> CandidateSearch:
    return CandidateSearch.from_query(request.scope["query_string"], await filterable_organisations(request.viewer))


@dataclass(frozen=True)
class Question:
    """What is asked before a link ends or comes back."""

    title: str
    sentences: list[str]
    href: str
    back_href: str
    button: str
    icon: str
    tone: str = ""


class LinkController(Controller):
    """Of one enrolment of a person: to an organisation, away from it, and back."""

    path = "/beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}"
    opt = {"access": ADMINISTRATORS}

    @get("/koppelen")
    async def ask_link(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        candidate: FromPath[str],
        enrolment: FromPath[str],
    ) -> Response[str]:
        code = request.query_params.get("organisatie")
        question = await ask_link(access, row_id(candidate), row_id(enrolment), code)
        return show_link(request, question, status=400 if question.errors else 200)

    @post("/koppelen", status_code=200)
    async def link(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        candidate: FromPath[str],
        enrolment: FromPath[str],
    ) -> Response[str]:
        sent = await request.texts()
        asked = await ask_link(access, row_id(candidate), row_id(enrolment), sent.get("organisatie", ""))
        question = asked.answered(agreed="gevraagd" in sent)
        if question.chosen is None or question.errors:
            return show_link(request, question, status=422)
        linked = await link(access, request, question.line, question.chosen.id)
        return go(request, f"{question.person.href}?gedaan={'gekoppeld' if linked else 'elders'}")

    @get("/ontkoppelen")
    async def ask_unlink(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        candidate: FromPath[str],
        enrolment: FromPath[str],
    ) -> Response[str]:
        person, line = await find_line(access, row_id(candidate), row_id(enrolment))
        if not line.unlink_href:
            return go(request, person.href)
        question = Question(
            title=f"Wilt u {person.name} ontkoppelen?",
            sentences=[
                f"Het gaat om {line.route} bij {line.organisation}.",
                "De organisatie ziet de voortgang daarna niet meer. De aanmelding, de uitslagen en het bewijs blijven "
                "bestaan. U kunt de koppeling later herstellen.",
            ],
            href=line.unlink_href,
            back_href=person.href,
            button="Ontkoppelen",
            icon="ontkoppel",
            tone="danger",
        )
        return page(request, "candidates/administration/question.html", question=question)

    @post("/ontkoppelen", status_code=200)
    async def unlink(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        candidate: FromPath[str],
        enrolment: FromPath[str],
    ) -> Response[str]:
        person, line = await find_line(access, row_id(candidate), row_id(enrolment))
        if line.unlink_href:
            await unlink(access, request, [line.id])
        return go(request, f"{person.href}?gedaan=ontkoppeld")

    @get("/herstellen")
    async def ask_restore(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        candidate: FromPath[str],
        enrolment: FromPath[str],
    ) -> Response[str]:
        person, line = await find_line(access, row_id(candidate), row_id(enrolment))
        if line.restorable is None or not line.restore_href:
            return go(request, person.href)
        question = Question(
            title=f"Wilt u de koppeling van {person.name} herstellen?",
            sentences=[
                f"Het gaat om {line.route} bij {line.restorable.organisation}, "
                f"ontkoppeld op {day(line.restorable.unlinked_at)}.",
                f"{line.restorable.organisation} ziet daarna weer de naam, het e-mailadres en de voortgang.",
            ],
            href=line.restore_href,
            back_href=person.href,
            button="Herstellen",
            icon="herstel",
        )
        return page(request, "candidates/administration/question.html", question=question)

    @post("/herstellen", status_code=200)
    async def restore(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        candidate: FromPath[str],
        enrolment: FromPath[str],
    ) -> Response[str]:
        person, line = await find_line(access, row_id(candidate), row_id(enrolment))
        if line.objection:
            return go(request, f"{person.href}?gedaan=bezwaar")
        restored = await restore(access, request, [line.id])
        return go(request, f"{person.href}?gedaan={'hersteld' if restored else 'elders'}")


def show_link(request: PortalRequest, question: LinkQuestion, status: int) -> Response[str]:
    return page(request, "candidates/administration/link.html", status=status, question=question)


class MergeController(Controller):
    """Of two records of one person: the first stays, the other goes."""

    path = "/beheer/kandidaten/{candidate:str}/samenvoegen"
    opt = {"access": ADMINISTRATORS}

    @get()
    async def index(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str]
    ) -> Response[str]:
        """Who is the other one?"""
        person = await show_candidate(access, row_id(candidate))
        await record(request, "view", "candidate", person.id)
        filters = await read_search(request)
        return page(
            request,
            "candidates/administration/doubles.html",
            status=400 if filters.errors else 200,
            person=person,
            doubles=await likely_doubles(access, person.row),
            filters=filters,
            overview=await search(request, access, filters) if filters.words() else None,
        )

    @get("/{other:str}")
    async def preview(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str], other: FromPath[str]
    ) -> Response[str]:
        both = await preview(access, row_id(candidate), row_id(other))
        await record(request, "view", "candidate", both.kept.id)
        await record(request, "view", "candidate", both.removed.id)
        return show_merge(request, both)

    @post("/{other:str}", status_code=200)
    async def merge(
        self, request: PortalRequest, access: NamedDependency[Access], candidate: FromPath[str], other: FromPath[str]
    ) -> Response[str]:
        kept, removed = row_id(candidate), row_id(other)
        try:
            await merge(access, request, kept, removed)
        except MergeRefused as refusal:
            return show_merge(request, await preview(access, kept, removed), str(refusal))
        return go(request, f"{href(kept)}?gedaan=samengevoegd")


def show_merge(request: PortalRequest, both: Merge, refused: str = "") -> Response[str]:
    refusals = both.refusals or ([refused] if refused else [])
    return page(
        request, "candidates/administration/merge.html", status=422 if refused else 200, merge=both, refusals=refusals
    )
