"""What is asked before something of a person is given or taken away."""

from collections.abc import Mapping
from typing import Any

from litestar import Response

from app.access import Access
from app.account.queries import Held
from app.pages import page
from app.people.forms import Form
from app.people.mandates import GIVES
from app.people.overview import Person, shown
from app.people.queries import find_mandate, find_person
from app.security import PortalRequest


def ask_give(request: PortalRequest, person: Person, held: Held, form: Form) -> Response[str]:
    return ask(
        request,
        person,
        question=f"{person.name} deze rol geven?",
        text=f"{held.words}. {person.name} ({person.email}) {GIVES[held.role]} Dat geldt meteen.",
        verb="Geef rol",
        action="rollen",
        sends=form.values | {"antwoord": "ja"},
    )


async def ask_take(request: PortalRequest, access: Access, key: int, mandate: int, refusal: str = "") -> Response[str]:
    given = await find_mandate(access, key, mandate)
    person = shown(await find_person(access, key))
    return ask(
        request,
        person,
        question=f"Rol van {person.name} intrekken?",
        text=f"{given.held.words}: die rol vervalt meteen. Is {person.name} nu ingelogd, dan moet dat opnieuw. "
        "U kunt hem later weer geven.",
        verb="Trek rol in",
        action=f"rollen/{mandate}/intrekken",
        refusal=refusal,
    )


async def ask_sign_out(request: PortalRequest, access: Access, key: int) -> Response[str]:
    person = shown(await find_person(access, key))
    besides = ", maar blijft ingelogd in deze browser" if key == access.user else ""
    return ask(
        request,
        person,
        question=f"{person.name} overal uitloggen?",
        text=f"{person.name} wordt meteen overal uitgelogd{besides}, en kan daarna weer inloggen.",
        verb="Log overal uit",
        action="uitloggen",
    )


async def ask_deactivate(request: PortalRequest, access: Access, key: int, refusal: str = "") -> Response[str]:
    person = shown(await find_person(access, key))
    return ask(
        request,
        person,
        question=f"Account van {person.name} deactiveren?",
        text=f"{person.name} wordt overal uitgelogd en kan niet meer inloggen. "
        "De rollen blijven bewaard voor als u het account weer activeert.",
        verb="Deactiveer account",
        action="deactiveren",
        refusal=refusal,
    )


async def ask_reset(request: PortalRequest, access: Access, key: int, refusal: str = "") -> Response[str]:
    person = shown(await find_person(access, key))
    return ask(
        request,
        person,
        question=f"Tweede stap van {person.name} resetten?",
        text=f"Doe dit alleen als u zeker weet dat u {person.name} zelf spreekt. De authenticator-app, alle passkeys "
        f"en alle herstelcodes vervallen. {person.name} wordt overal uitgelogd en krijgt bericht.",
        verb="Reset tweede stap",
        action="tweede-stap",
        refusal=refusal,
    )


def ask(
    request: PortalRequest, person: Person, *, refusal: str = "", sends: Mapping[str, str] | None = None, **words: Any
) -> Response[str]:
    status = 422 if refusal else 200
    return page(request, "people/ask.html", status=status, person=person, refusal=refusal, sends=sends or {}, **words)
