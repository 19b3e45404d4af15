"""`portaal user create` makes the first administrator."""

import subprocess
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.settings import get_settings
from app.tables import Mail, Mandate, Role, User
from tests.clients import sign_in, submit
from tests.worlds import environment, portaal_command

PERSON = [
    "--username",
    "beheer.eerste",
    "--email",
    "eerste@example.org",
    "--given-name",
    "Jo",
    "--family-name",
    "Smit",
    "--salutation",
    "ms",
]
GOOD = "Kraanvogel!7vliegt"


def create(password: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        portaal_command("user", "create", *PERSON, *options),
        input=f"{password}\n",
        env=environment(get_settings().database_url),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


async def test_on_an_empty_database_the_first_administrator_signs_in_and_invites(db: None, client: AsyncClient) -> None:
    assert not await User.exists()  # no account but who is made here
    made = create(GOOD)
    assert made.returncode == 0, made.stderr
    await sign_in(client, "beheer.eerste", GOOD)
    person = {"aanhef": "mr", "voornaam": "Jan", "achternaam": "Jansen", "emailadres": "jan@example.org"}
    answer = await submit(client, "/beheer/gebruikers/uitnodigen", **person, rol_1="beheerder")
    assert answer.status_code == 303
    assert await Mandate.count().where(Mandate.role == Role.ADMINISTRATOR) == 2
    assert await Mail.count() == 1


@pytest.mark.parametrize("password", ["", "kort", "Vakmanschap2026!"])
async def test_a_weak_password_is_refused_in_one_line(db: None, password: str) -> None:
    refused = create(password)
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert await User.count() == 0


async def test_a_user_name_is_given_once(db: None) -> None:
    assert create(GOOD).returncode == 0
    refused = create(GOOD, "--email", "ander@example.org")
    assert refused.returncode == 1
    assert "al in gebruik" in refused.stderr
    assert await User.count() == 1
