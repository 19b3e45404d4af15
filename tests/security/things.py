"""Makes one of everything that an address can name: for this person, of somebody else, and gone."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.clock import now, today
from app.database import transaction
from app.paycodes.codes import new_code
from app.results.rederive import rederive
from app.sessions import hash_token
from app.tables import (
    ApiKey,
    ApiScope,
    Batch,
    Candidate,
    Certificate,
    Download,
    DownloadChunk,
    Enrolment,
    Import,
    ImportKind,
    ImportRow,
    JobState,
    LinkSource,
    Mail,
    MailState,
    Mandate,
    Organisation,
    OrganisationRoute,
    Outcome,
    Passkey,
    Paycode,
    Profile,
    Role,
    Route,
    Session,
    Step,
    StepResult,
    TokenPurpose,
    Unlinking,
    User,
)
from app.tokens import mint
from tests.candidates.handmade import enrol
from tests.paycodes.world import kept
from tests.security.cast import Cast, make_person
from tests.security.table import Id

NAME = "Kanarie"


@dataclass
class Maker:
    """Makes things for one person of the cast, at an organisation of theirs."""

    cast: Cast
    person: str
    parents: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    """What a form can fill in."""
    anew: bool = False
    """Not one that stood there already."""

    @property
    def code(self) -> str:
        return self.cast.organisation_of(self.person)

    @property
    def organisation(self) -> int:
        return self.cast.organisations[self.code]

    @property
    def user(self) -> int:
        return self.cast.users.get(self.person) or self.cast.users["manager of one"]

    @property
    def parent(self) -> int:
        return int(self.parents[-1])

    async def make(self, kind: Id) -> str:
        """Its id as it stands in an address."""
        return str(await MAKE[kind](self))

    async def forget(self, kind: Id, key: int) -> None:
        """As if it had been removed, with what hangs on it; the portal itself may remove no code."""
        async with transaction(as_owner=True):
            for child, column in HANGS_ON.get(kind, ()):
                await child.delete().where(column == key)
            table = TABLES[kind]
            await table.delete().where(table.id == key)


async def _enrolment(maker: Maker, organisation: int | None = None, **values: Any) -> int:
    where = maker.organisation if organisation is None else organisation or None
    code = next((code for code, key in maker.cast.organisations.items() if key == where), "xxx")
    [key] = await enrol(where, [(f"{NAME}{code}", "", f"Jansen{secrets.token_hex(3)}")], **values)
    async with transaction():
        await rederive([key])
    return key


async def _certified(maker: Maker) -> int:
    key = await _enrolment(maker)
    issued = today() - timedelta(days=900)
    for step in (await Step.select(Step.id).where(Step.route.slug == "co").order_by(Step.position))[1:4]:
        await _passed(key, step["id"], issued)
    number = secrets.token_hex(6)
    await kept(Certificate(enrolment=key, number=number, issued_on=issued, valid_until=today() + timedelta(days=90)))
    async with transaction():
        await rederive([key])
    return key


async def _unlinked(maker: Maker) -> int:
    return await _end_link(maker, await _enrolment(maker, 0))


async def _end_link(maker: Maker, key: int) -> int:
    moment = now()
    source = LinkSource.WEBSITE
    await kept(
        Unlinking(
            enrolment=key,
            organisation=maker.organisation,
            link_source=source,
            linked_at=moment - timedelta(days=1),
            unlinked_at=moment,
        )
    )
    return key


async def _candidate(maker: Maker) -> int:
    key = await _enrolment(maker)
    return await _candidate_of(key)


async def _candidate_of(enrolment: int) -> int:
    row = await Enrolment.select(Enrolment.candidate).where(Enrolment.id == enrolment).first()
    assert row
    return int(row["candidate"])


async def _other_candidate(maker: Maker) -> int:
    """On another route, so that the two can become one."""
    return await _candidate_of(await _enrolment(maker, route="afleverset"))


async def _linked(maker: Maker) -> int:
    return await _enrolment(maker, route=_other_route(maker), candidate=maker.parent)


async def _free(maker: Maker) -> int:
    return await _end_link(maker, await _enrolment(maker, 0, route=_other_route(maker), candidate=maker.parent))


def _other_route(maker: Maker) -> str:
    """One on which the candidate has no other enrolment."""
    return "warmtepomp" if maker.anew else "zonnestroom"


async def _new_organisation(maker: Maker) -> int:
    letters = "".join(secrets.choice("BCDFGHJKLM") for _ in range(3))
    taken = set(await Organisation.select(Organisation.code).output(as_list=True))
    while letters in taken:
        letters = "".join(secrets.choice("BCDFGHJKLM") for _ in range(3))
    return int((await kept(Organisation(code=letters, name=f"Bedrijf {letters}", created_at=now()))).id)


async def _code(maker: Maker) -> str:
    """Active on every route."""
    for route in maker.cast.routes:
        own = (OrganisationRoute.organisation == maker.organisation) & (OrganisationRoute.route == route.id)
        if not await OrganisationRoute.exists().where(own):
            await kept(OrganisationRoute(organisation=maker.organisation, route=route.id))
    return maker.code


async def _person(maker: Maker) -> int:
    name = f"persoon{secrets.token_hex(4)}"
    maker.facts["username"] = name
    return await make_person(name)


async def _closed(maker: Maker) -> int:
    key = await _person(maker)
    await User.update({User.active: False}).where(User.id == key)
    return key


async def _invited(maker: Maker) -> int:
    return await make_person(f"gast{secrets.token_hex(4)}", invited=True)


async def _account(maker: Maker) -> str:
    await _person(maker)
    return maker.facts["username"]


async def _mandate(maker: Maker) -> int:
    return await _held(await _person(maker), maker.parent)


async def _role(maker: Maker) -> int:
    return await _held(maker.parent, await _new_organisation(maker))


async def _held(user: int, organisation: int) -> int:
    role = Role.ENROLMENT_MANAGER
    return int((await kept(Mandate(user=user, role=role, organisation=organisation, given_at=now()))).id)


async def _route(maker: Maker) -> int:
    return maker.cast.routes[0].id


async def _new_route(maker: Maker) -> int:
    name = secrets.token_hex(4)
    place = await Route.count()
    route = await kept(Route(slug=name, name=f"Route {name}", label=name, position=place + 1))
    words = (("aanmelding", "registration"), ("eerste", "test"), ("toets", "test"), ("bewijs", "certificate"))
    for position, (slug, purpose) in enumerate(words, 1):
        await kept(Step(route=route.id, slug=slug, name=slug.title(), position=position, purpose=purpose))
    return int(route.id)


async def _slug(maker: Maker) -> str:
    maker.facts["profile"] = "monteur-service-onderhoud"
    return "co"


async def _profile(maker: Maker) -> int:
    name = secrets.token_hex(4)
    place = await Profile.count().where(Profile.route == maker.parent)
    return int((await kept(Profile(route=maker.parent, slug=name, name=name, position=place + 1))).id)


async def _step(maker: Maker) -> int:
    """One that can move up, and be missed; of a route in use one that it has."""
    tests = (Step.route == maker.parent) & Step.slug.is_in(["toets", "theorietoets"])
    found = await Step.select(Step.id).where(tests).first()
    if found and not maker.anew:
        return int(found["id"])
    last = await Step.select(Step.position).where(Step.route == maker.parent).order_by(Step.position, ascending=False)
    place = last[0]["position"] if last else 0
    name = secrets.token_hex(4)
    values: dict[str, Any] = {"slug": name, "name": name, "position": place + 1, "purpose": "test", "icon": "theorie"}
    return int((await kept(Step(route=maker.parent, **values))).id)


async def _batch(maker: Maker) -> int:
    number = secrets.token_hex(3).upper()
    batch = Batch(number=number, organisation=maker.organisation, route=maker.cast.routes[0].id, created_at=now())
    key = int((await kept(batch)).id)
    await _code_in(maker, key)
    return key


async def _code_in(maker: Maker, batch: int) -> int:
    row = await Batch.select().where(Batch.id == batch).first()
    assert row
    code = new_code()
    maker.facts["code"] = code
    copied = {name: row[name] for name in ("organisation", "route", "profile", "created_at")}
    return int((await kept(Paycode(code=code, batch=batch, expires_at=now() + timedelta(days=90), **copied))).id)


async def _paycode(maker: Maker) -> int:
    return await _code_in(maker, maker.parent if maker.parents else await _batch(maker))


async def _result(maker: Maker) -> int:
    step = await Step.select(Step.id).where((Step.route.slug == "co") & (Step.slug == "theorietoets")).first()
    assert step
    return await _passed(maker.parent, step["id"], today())


async def _passed(enrolment: int, step: int, day: date) -> int:
    told: dict[str, Any] = {"attempt": 1, "outcome": Outcome.PASSED, "day": day, "source": "beheerder"}
    return int((await kept(StepResult(enrolment=enrolment, step=step, recorded_at=now(), **told))).id)


async def _mail(maker: Maker) -> int:
    user = await _invited(maker)
    moment = now() + timedelta(days=1)
    row = await User.select(User.email).where(User.id == user).first()
    assert row
    letter: dict[str, Any] = {"template": "invitation", "recipient": row["email"], "user": user}
    mail = Mail(state=MailState.QUEUED, next_attempt_at=moment, created_at=now(), **letter)
    return int((await kept(mail)).id)


async def _failed_mail(maker: Maker) -> int:
    key = await _mail(maker)
    await Mail.update({Mail.state: MailState.FAILED}).where(Mail.id == key)
    return key


async def _key(maker: Maker) -> int:
    scopes = ApiScope.RESULTS_WRITE
    key_hash = secrets.token_hex(32)
    key = ApiKey(name="Sleutel", source="toets", prefix="evp_1234", key_hash=key_hash, scopes=scopes, created_at=now())
    return int((await kept(key)).id)


async def _download(maker: Maker) -> int:
    key = await _asked_for(maker, JobState.READY, finished_at=now(), size=2)
    await kept(DownloadChunk(download=key, position=0, content=b"PK"))
    return key


async def _failed_download(maker: Maker) -> int:
    return await _asked_for(maker, JobState.FAILED, error="Er is iets misgegaan.")


async def _asked_for(maker: Maker, state: JobState, **values: Any) -> int:
    download = Download(
        user=maker.user,
        kind="kandidaten",
        file_name="kandidaten.xlsx",
        state=state,
        rows=1,
        created_at=now(),
        expires_at=now() + timedelta(hours=2),
        **values,
    )
    return int((await kept(download)).id)


async def _import(maker: Maker) -> int:
    return await _checked(maker, ImportKind.ENROLMENTS, maker.organisation)


async def _result_import(maker: Maker) -> int:
    return await _checked(maker, ImportKind.RESULTS, None)


async def _checked(maker: Maker, kind: ImportKind, organisation: int | None) -> int:
    """A file of which one row is refused."""
    told: dict[str, Any] = {"kind": kind, "user": maker.user, "organisation": organisation, "state": JobState.READY}
    numbers: dict[str, Any] = {"rows": 2, "rows_done": 2, "rows_refused": 1, "file_hash": secrets.token_hex(32)}
    made = Import(created_at=now(), checked_at=now(), expires_at=now() + timedelta(days=9), **told, **numbers)
    key = int((await kept(made)).id)
    for number, errors in enumerate(([], ["Dit klopt niet."]), 2):
        await kept(ImportRow(import_=key, row=number, values="{}", errors=json.dumps(errors), checked=True))
    return key


async def _session(maker: Maker) -> int:
    token = hash_token(secrets.token_hex(9))
    return int((await kept(Session(token_hash=token, user=maker.user, created_at=now(), seen_at=now()))).id)


async def _passkey(maker: Maker) -> int:
    key: dict[str, Any] = {"credential_id": secrets.token_urlsafe(16), "public_key": b"key", "name": "Sleutel"}
    return int((await kept(Passkey(user=maker.user, created_at=now(), **key))).id)


async def _activation(maker: Maker) -> str:
    return await mint(TokenPurpose.ACTIVATION, user=await _invited(maker))


async def _reset(maker: Maker) -> str:
    return await mint(TokenPurpose.RESET, user=await _person(maker))


async def _new_address(maker: Maker) -> str:
    email = f"{secrets.token_hex(6)}@example.org"
    return await mint(TokenPurpose.EMAIL, user=maker.user, email=email)


async def _objection(maker: Maker) -> str:
    return await mint(TokenPurpose.OBJECTION, enrolment=await _enrolment(maker))


async def _file(maker: Maker) -> str:
    return "app.css"


async def _organisation(maker: Maker) -> int:
    return await _new_organisation(maker)


MAKE: dict[Id, Callable[[Maker], Awaitable[int | str]]] = {
    Id.ENROLMENT: _enrolment,
    Id.CERTIFIED: _certified,
    Id.UNLINKED: _unlinked,
    Id.CANDIDATE: _candidate,
    Id.OTHER_CANDIDATE: _other_candidate,
    Id.LINKED: _linked,
    Id.FREE: _free,
    Id.ORGANISATION: _organisation,
    Id.CODE: _code,
    Id.MANDATE: _mandate,
    Id.ROLE: _role,
    Id.PERSON: _person,
    Id.CLOSED: _closed,
    Id.INVITED: _invited,
    Id.ACCOUNT: _account,
    Id.ROUTE: _route,
    Id.NEW_ROUTE: _new_route,
    Id.SLUG: _slug,
    Id.PROFILE: _profile,
    Id.STEP: _step,
    Id.BATCH: _batch,
    Id.PAYCODE: _paycode,
    Id.RESULT: _result,
    Id.MAIL: _mail,
    Id.FAILED_MAIL: _failed_mail,
    Id.KEY: _key,
    Id.DOWNLOAD: _download,
    Id.FAILED_DOWNLOAD: _failed_download,
    Id.IMPORT: _import,
    Id.RESULT_IMPORT: _result_import,
    Id.SESSION: _session,
    Id.PASSKEY: _passkey,
    Id.ACTIVATION: _activation,
    Id.RESET: _reset,
    Id.NEW_ADDRESS: _new_address,
    Id.OBJECTION: _objection,
    Id.FILE: _file,
}
TABLES: dict[Id, Any] = {
    Id.ENROLMENT: Enrolment,
    Id.CERTIFIED: Enrolment,
    Id.UNLINKED: Enrolment,
    Id.CANDIDATE: Candidate,
    Id.OTHER_CANDIDATE: Candidate,
    Id.LINKED: Enrolment,
    Id.FREE: Enrolment,
    Id.ORGANISATION: Organisation,
    Id.MANDATE: Mandate,
    Id.ROLE: Mandate,
    Id.PERSON: User,
    Id.CLOSED: User,
    Id.INVITED: User,
    Id.ROUTE: Route,
    Id.NEW_ROUTE: Route,
    Id.PROFILE: Profile,
    Id.STEP: Step,
    Id.BATCH: Batch,
    Id.PAYCODE: Paycode,
    Id.MAIL: Mail,
    Id.FAILED_MAIL: Mail,
    Id.KEY: ApiKey,
    Id.DOWNLOAD: Download,
    Id.FAILED_DOWNLOAD: Download,
    Id.IMPORT: Import,
    Id.RESULT_IMPORT: Import,
    Id.SESSION: Session,
    Id.PASSKEY: Passkey,
}


async def facts(maker: Maker) -> dict[str, str]:
    """What a form can fill in beside what its address names."""
    key = await _enrolment(maker)
    columns = (Enrolment.number, Enrolment.candidate.email.as_alias("email"))
    row = await Enrolment.select(*columns).where(Enrolment.id == key).first()
    assert row
    await _batch(maker)
    code = maker.facts["code"]
    await _person(maker)
    await _session(maker)
    route = maker.cast.routes[0]
    profile = await Profile.select(Profile.slug).where(Profile.id == route.profiles[0]).first()
    assert profile
    return {
        "number": row["number"],
        "email": row["email"],
        "code": code,
        "today": today().isoformat(),
        "username": maker.facts["username"],
        "own_code": await _code(maker),
        "profile": profile["slug"],
        "route_profile": f"{route.slug}/{profile['slug']}",
    }


HANGS_ON: dict[Id, list[tuple[Any, Any]]] = {
    Id.CERTIFIED: [(Certificate, Certificate.enrolment)],
    Id.UNLINKED: [(Unlinking, Unlinking.enrolment)],
    Id.FREE: [(Unlinking, Unlinking.enrolment)],
    Id.CANDIDATE: [(Enrolment, Enrolment.candidate)],
    Id.OTHER_CANDIDATE: [(Enrolment, Enrolment.candidate)],
    Id.ROUTE: [],
    Id.NEW_ROUTE: [(Step, Step.route)],
    Id.BATCH: [(Paycode, Paycode.batch)],
    Id.DOWNLOAD: [(DownloadChunk, DownloadChunk.download)],
    Id.IMPORT: [(ImportRow, ImportRow.import_)],
    Id.RESULT_IMPORT: [(ImportRow, ImportRow.import_)],
}
