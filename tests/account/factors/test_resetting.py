"""An administrator helps who lost every factor."""

from typing import Any

from httpx import AsyncClient

from tests.account.factors.people import (
    STEP,
    code_of,
    confirm,
    events,
    first_step,
    give_app,
    give_codes,
    id_of,
    sign_in_with_app,
    told,
)
from tests.clients import sign_in, submit, visitor


async def test_a_reset_takes_every_factor_away_and_ends_every_session(
    application: Any, client: AsyncClient, demo: None
) -> None:
    from app.tables import RecoveryCode, SecondFactor

    anna = await give_app("anna.smit")
    await give_codes("anna.smit")
    path = f"/beheer/gebruikers/{anna}"
    async with visitor(application) as other, visitor(application) as halfway:
        await sign_in_with_app(other, "anna.smit")
        await first_step(halfway, "anna.smit")
        await sign_in(client, "beheerder")
        assert (await client.get(f"{path}/tweede-stap")).headers["location"].startswith("/profiel/bevestigen")
        await confirm(client)
        assert "Authenticator-app" in (await client.get(path)).text
        answer = await submit(client, f"{path}/tweede-stap")
        assert answer.headers["location"] == f"{path}?gedaan=tweede-stap-gereset"
        assert (await other.get("/profiel")).status_code == 303
        assert (await halfway.get(STEP)).status_code == 303
        assert (await sign_in(other, "anna.smit")).headers["location"] == "/overzicht"
    assert not await SecondFactor.exists()
    assert not await RecoveryCode.exists()
    administrator = await id_of("beheerder")
    assert await events("reset_factors") == [(administrator, "ok", {"count": 1, "sessions_ended": 1})]
    assert await told("anna.smit") == ["factor_reset"]
    assert "Niet ingesteld" in (await client.get(path)).text


async def test_nobody_resets_their_own(client: AsyncClient, demo: None) -> None:
    from app.tables import SecondFactor

    own = await give_app("beheerder")
    await sign_in_with_app(client, "beheerder")
    await confirm(client)
    answer = await submit(client, f"/beheer/gebruikers/{own}/tweede-stap")
    assert answer.status_code == 422
    assert "Vraag het een andere beheerder." in answer.text
    assert await SecondFactor.exists()


async def test_a_reset_of_nothing_is_no_event(client: AsyncClient, demo: None) -> None:
    carla = await id_of("carla.jansen")
    await sign_in(client, "beheerder")
    await confirm(client)
    assert (await submit(client, f"/beheer/gebruikers/{carla}/tweede-stap")).status_code == 303
    assert await events("reset_factors") == []
    assert await told("carla.jansen") == []


async def test_a_password_by_mail_does_not_replace_the_second_step(
    application: Any, client: AsyncClient, demo: None
) -> None:
    """It ends what is halfway, and what comes next is both steps."""
    from app.tables import TokenPurpose
    from app.tokens import mint

    anna, new = await give_app("anna.smit"), "Kwartel&7vijvers"
    async with visitor(application) as halfway:
        await first_step(halfway, "anna.smit")
        path = f"/wachtwoord-herstellen/{await mint(TokenPurpose.RESET, user=anna)}"
        assert (await submit(client, path, nieuw_wachtwoord=new, herhaal_wachtwoord=new)).status_code == 303
        assert (await halfway.get(STEP)).headers["location"].startswith("/inloggen")
    assert (await client.get("/profiel")).status_code == 303
    answer = await submit(client, "/inloggen", gebruikersnaam="anna.smit", wachtwoord=new)
    assert answer.headers["location"] == STEP
    assert (await client.get("/profiel")).status_code == 303
    assert (await submit(client, STEP, code=code_of())).status_code == 303
