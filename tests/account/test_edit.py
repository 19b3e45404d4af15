"""Bewerk profiel."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from litestar.exceptions import NotAuthorizedException
from lxml import html

from app.account.passwords import hash_now
from app.mail.outbox import Change
from tests.account.browser import SESSION, errors_of, get_with
from tests.account.links import told
from tests.clients import sign_in, submit, visitor
from tests.worlds import PASSWORD

EDIT = "/profiel/bewerken"
NEW = "Kwartel&7vijvers"
ANNA = "anna.smit@nwt.example"


async def save(client: AsyncClient, **values: str) -> Response:
    return await submit(client, EDIT, **values)


async def account_of(username: str) -> dict[str, Any]:
    from app.tables import User

    row = await User.select().where(User.username == username).first()
    assert row
    return row


async def test_the_form_has_the_manuals_words_in_the_manuals_order(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    main = html.fromstring((await client.get(EDIT)).content).find(".//main")
    words = " ".join(main.text_content().split())
    order = [
        "Wijzig je profiel",
        "Velden met een * zijn verplicht",
        "NAW-gegevens",
        "Aanhef *",
        "De heer",
        "Mevrouw",
        "Neutraal",
        "Voornaam *",
        "Tussenvoegsel",
        "Achternaam *",
        "E-mailadres *",
        "Inloggegevens",
        "Gebruikersnaam *",
        "5 tekens",
        "Nieuw wachtwoord",
        "8 tot 128 tekens",
        "Herhaal wachtwoord",
        "Huidig wachtwoord",
        "Opslaan",
    ]
    places = [words.find(each) for each in order]
    assert -1 not in places
    assert places == sorted(places)


async def test_the_form_shows_what_is_known_but_no_password(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    page = html.fromstring((await client.get(EDIT)).content)
    shown = dict(page.xpath("//main//form")[0].form_values())
    assert (shown["aanhef"], shown["voornaam"], shown["achternaam"]) == ("ms", "Anna", "Smit")
    assert (shown["emailadres"], shown["gebruikersnaam"]) == ("anna.smit@nwt.example", "anna.smit")
    assert page.xpath("//input[@type='password']/@value") == []
    assert len(page.xpath("//input[@type='password']")) == 3


async def test_a_name_is_saved_tidily(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    answer = await save(client, aanhef="neutral", voornaam=" Zoë ", tussenvoegsel="van  der", achternaam="Meer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/profiel?opgeslagen=1")
    page = (await client.get(answer.headers["location"])).text
    assert "Uw profiel is opgeslagen." in page
    assert "Zoë van der Meer" in page
    account = await account_of("anna.smit")
    assert (account["salutation"], account["given_name"], account["name_particle"]) == ("neutral", "Zoë", "van der")


async def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_lost(client: AsyncClient, demo: None) -> None:
    before = await account_of("anna.smit")
    await sign_in(client, "anna.smit")
    answer = await save(
        client,
        aanhef="",
        voornaam=" ",
        tussenvoegsel="x" * 41,
        achternaam="Sm\x00it",
        emailadres="anna@",
        gebruikersnaam="anna",
        nieuw_wachtwoord="zomer",
        herhaal_wachtwoord="winter",
    )
    assert answer.status_code == 422
    assert errors_of(answer) == {
        "aanhef": "Kies een aanhef.",
        "voornaam": "Vul uw voornaam in.",
        "tussenvoegsel": "Dit is te lang. Gebruik ten hoogste 40 tekens.",
        "achternaam": "Hierin staat een teken dat niet te lezen is. Typ de tekst opnieuw.",
        "emailadres": "Vul een geldig e-mailadres in, bijvoorbeeld naam@voorbeeld.nl.",
        "gebruikersnaam": "Gebruikersnaam moet ten minste 5 tekens hebben.",
        "nieuw_wachtwoord": "Het wachtwoord moet ten minste 8 tekens hebben, "
        "met een hoofdletter, kleine letter, cijfer en symbool.",
        "herhaal_wachtwoord": "De wachtwoorden zijn niet gelijk.",
        "huidig_wachtwoord": "Vul uw huidige wachtwoord in.",
    }
    document = html.fromstring(answer.content)
    assert document.findtext(".//title").startswith("Fout: Wijzig je profiel")
    form = dict(document.xpath("//main//form")[0].form_values())
    assert (form["tussenvoegsel"], form["emailadres"], form["gebruikersnaam"]) == ("x" * 41, "anna@", "anna")
    assert "zomer" not in answer.text
    assert await account_of("anna.smit") == before | {
        "last_signed_in_at": (await account_of("anna.smit"))["last_signed_in_at"]
    }


@pytest.mark.parametrize("name", ["voornaam", "tussenvoegsel", "achternaam", "emailadres", "gebruikersnaam"])
@pytest.mark.parametrize("value", ["a\x00bcdef", "a\x1bbcdef", "a\x85bcdef", "a\nbcdef", "y" * 30_000, "<script>"])
async def test_no_text_breaks_the_form(client: AsyncClient, demo: None, name: str, value: str) -> None:
    await sign_in(client, "anna.smit")
    answer = await save(client, **{name: value})
    assert answer.status_code in {303, 422}
    assert answer.status_code == 303 or name in answer.text
    assert "<script>" not in answer.text


async def test_bytes_that_are_no_utf_8_are_refused(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    page = html.fromstring((await client.get(EDIT)).content)
    token = dict(page.xpath("//main//form")[0].form_values())["_csrf"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post(EDIT, content=f"_csrf={token}&voornaam=%ff%fe", headers=headers)
    assert answer.status_code == 422
    assert errors_of(answer)["voornaam"].startswith("Hierin staat een teken")


@pytest.mark.parametrize(
    "changes",
    [
        {"emailadres": "anna@voorbeeld.nl"},
        {"gebruikersnaam": "anna.devries"},
        {"nieuw_wachtwoord": NEW, "herhaal_wachtwoord": NEW},
    ],
)
async def test_what_opens_the_account_asks_for_the_current_password(
    client: AsyncClient, demo: None, changes: dict[str, str]
) -> None:
    await sign_in(client, "anna.smit")
    answer = await save(client, **changes)
    assert errors_of(answer) == {"huidig_wachtwoord": "Vul uw huidige wachtwoord in."}
    answer = await save(client, **changes, huidig_wachtwoord="Verkeerd!1")
    assert errors_of(answer) == {"huidig_wachtwoord": "Het huidige wachtwoord is onjuist."}
    assert (await save(client, **changes, huidig_wachtwoord=PASSWORD)).status_code == 303


async def test_a_wrong_current_password_is_on_record(client: AsyncClient, demo: None) -> None:
    from app.tables import AuditEvent

    await sign_in(client, "anna.smit")
    await save(client, emailadres="anna@voorbeeld.nl", huidig_wachtwoord="Verkeerd!1")
    events = await AuditEvent.select(AuditEvent.outcome).where(AuditEvent.action == "password_check")
    assert events == [{"outcome": "refused"}]


async def test_a_new_user_name_signs_in_and_the_old_one_does_not(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await save(client, gebruikersnaam="Anna de Vries", huidig_wachtwoord=PASSWORD)
    client.cookies.clear()
    await sign_in(client, "anna de vries")
    client.cookies.clear()
    answer = await submit(client, "/inloggen", gebruikersnaam="anna.smit", wachtwoord=PASSWORD)
    assert answer.status_code == 422


TAKEN = {
    "gebruikersnaam": "Deze gebruikersnaam is al in gebruik.",
    "emailadres": "Dit e-mailadres is al in gebruik.",
}


@pytest.mark.parametrize("username", ["carla.jansen", "CARLA.Jansen", "ｃarla.jansen"])
async def test_what_somebody_else_has_is_refused_in_any_spelling(
    client: AsyncClient, demo: None, username: str
) -> None:
    from app.tables import User

    changed: dict[Any, Any] = {User.email: "Carla@Voorbeeld.nl", User.email_key: "carla@voorbeeld.nl"}
    await User.update(changed).where(User.username == "carla.jansen")
    await sign_in(client, "anna.smit")
    answer = await save(
        client, gebruikersnaam=username, emailadres="carla@voorbeeld.NL", huidig_wachtwoord=PASSWORD, voornaam="Anne"
    )
    assert answer.status_code == 422
    assert errors_of(answer) == TAKEN
    form = dict(html.fromstring(answer.content).xpath("//main//form")[0].form_values())
    assert (form["gebruikersnaam"], form["voornaam"]) == (username, "Anne")
    assert (await account_of("anna.smit"))["given_name"] == "Anna"


async def test_the_index_settles_who_was_first(client: AsyncClient, demo: None) -> None:
    """The name was free when it was looked up, and taken a moment later."""
    from app.access import Access
    from app.account.forms import ProfileForm
    from app.account.profile import TAKEN as REFUSALS
    from app.account.queries import Account, Taken, load_account, save_profile, unique_account
    from app.database import transaction
    from app.tables import AuditEvent

    anna = await account_of("anna.smit")
    access = Access(anna["id"], frozenset(), ())
    account: Account = await load_account(access)
    columns = ProfileForm(ProfileForm.of(account).values | {"gebruikersnaam": "carla.jansen"}).columns()
    with pytest.raises(Taken) as taken, unique_account():
        async with transaction():
            await save_profile(access, None, account, columns, None)  # type: ignore[arg-type]
    assert "gebruikersnaam" in REFUSALS[taken.value.column]
    assert await account_of("anna.smit") == anna
    assert not await AuditEvent.exists()


async def test_the_own_name_in_other_capitals_is_free(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    assert (await save(client, gebruikersnaam="Anna.Smit", huidig_wachtwoord=PASSWORD)).status_code == 303


async def test_the_owner_hears_by_mail_what_is_changed(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await save(client, gebruikersnaam="anna.devries", huidig_wachtwoord=PASSWORD)
    await save(client, voornaam="Anne")
    await save(client, nieuw_wachtwoord=NEW, herhaal_wachtwoord=NEW, huidig_wachtwoord=PASSWORD)
    assert await told() == [(Change.USERNAME, ANNA), (Change.PASSWORD, ANNA)]


async def test_a_new_password_ends_the_links_that_were_sent(client: AsyncClient, demo: None) -> None:
    from app.database import transaction
    from app.tables import TokenPurpose
    from app.tokens import find, mint

    anna = (await account_of("anna.smit"))["id"]
    async with transaction():
        sent = {purpose: await mint(purpose, user=anna) for purpose in (TokenPurpose.RESET, TokenPurpose.EMAIL)}
    await sign_in(client, "anna.smit")
    await save(client, nieuw_wachtwoord=NEW, herhaal_wachtwoord=NEW, huidig_wachtwoord=PASSWORD)
    assert [await find(purpose, secret) for purpose, secret in sent.items()] == [None, None]


async def test_a_session_that_ended_meanwhile_brings_forth_no_other(client: AsyncClient, demo: None) -> None:
    from app.access import Access
    from app.account.queries import end_own_session, load_account, save_profile
    from app.database import transaction
    from app.security import PortalRequest
    from app.sessions import load_viewer
    from app.tables import Session, User

    await sign_in(client, "anna.smit")
    scope: Any = {"type": "http", "headers": [], "client": None, "user": await load_viewer(client.cookies[SESSION])}
    request = PortalRequest(scope)
    access: Access = request.viewer.access
    account = await load_account(access)
    await end_own_session(access, request, request.viewer.session)
    with pytest.raises(NotAuthorizedException):
        async with transaction():
            await save_profile(access, request, account, {User.given_name: "Anne"}, hash_now(NEW))
    assert not await Session.exists()
    await sign_in(client, "anna.smit")


async def test_a_new_password_ends_every_other_session(client: AsyncClient, application: Any, demo: None) -> None:
    from app.tables import Session

    await sign_in(client, "anna.smit")
    before = client.cookies[SESSION]
    async with visitor(application) as phone, visitor(application) as carla:
        await sign_in(phone, "anna.smit")
        await sign_in(carla, "carla.jansen")
        answer = await save(client, nieuw_wachtwoord=NEW, herhaal_wachtwoord=NEW, huidig_wachtwoord=PASSWORD)
        assert answer.status_code == 303
        assert (await phone.get("/profiel")).status_code == 303
        assert (await carla.get("/profiel")).status_code == 200
    assert client.cookies[SESSION] != before
    assert (await client.get("/profiel")).status_code == 200
    assert await Session.count() == 2
    assert (await get_with(client, before)).status_code == 303
    await sign_in(client, "anna.smit", NEW)


async def test_the_old_password_no_longer_signs_in(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await save(client, nieuw_wachtwoord=NEW, herhaal_wachtwoord=NEW, huidig_wachtwoord=PASSWORD)
    client.cookies.clear()
    answer = await submit(client, "/inloggen", gebruikersnaam="anna.smit", wachtwoord=PASSWORD)
    assert answer.status_code == 422


async def test_the_new_password_may_not_hold_the_new_name_or_the_organisation(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    for password, sentence in (
        ("Kwibus&7vijvers", "Gebruik uw naam, gebruikersnaam of e-mailadres niet in het wachtwoord."),
        ("Noorderwind&7", "Gebruik de naam van uw organisatie niet in het wachtwoord."),
    ):
        answer = await save(
            client,
            voornaam="Kwibus",
            nieuw_wachtwoord=password,
            herhaal_wachtwoord=password,
            huidig_wachtwoord=PASSWORD,
        )
        assert errors_of(answer) == {"nieuw_wachtwoord": sentence}


async def test_only_the_own_account_changes(client: AsyncClient, demo: None) -> None:
    before = await account_of("carla.jansen")
    await sign_in(client, "anna.smit")
    extra = {"id": str(before["id"]), "user": str(before["id"]), "active": "0", "password_hash": "x"}
    await save(client, voornaam="Anne", **extra)
    assert await account_of("carla.jansen") == before
    anna = await account_of("anna.smit")
    assert (anna["given_name"], anna["active"]) == ("Anne", True)


async def test_changes_are_on_record_without_their_content(client: AsyncClient, demo: None) -> None:
    import json

    from app.tables import AuditEvent

    await sign_in(client, "anna.smit")
    await save(client, voornaam="Kwibus", nieuw_wachtwoord=NEW, herhaal_wachtwoord=NEW, huidig_wachtwoord=PASSWORD)
    events = await AuditEvent.select().where(AuditEvent.action != "sign_in").order_by(AuditEvent.id)
    told = [(event["action"], json.loads(event["details"])) for event in events]
    assert told == [
        ("password_check", {}),
        ("profile_change", {"fields": "given_name"}),
        ("password_change", {"sessions_ended": 0}),
    ]
