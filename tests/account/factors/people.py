"""Who has a second factor, and what they type."""

import re
from datetime import timedelta
from typing import Any

import pyotp
from httpx import AsyncClient, Response
from lxml import html

from tests.clients import post, submit
from tests.worlds import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = "/inloggen/tweede-stap"
SECURITY = "/profiel/beveiliging"
APP, CODES, KEYS = f"{SECURITY}/app", f"{SECURITY}/herstelcodes", f"{SECURITY}/passkeys"
PENDING = "__Host-tweede-stap"


def closed_addresses() -> list[tuple[str, str]]:
    """Verb and address of every page that is not public, with a number where an id is asked."""
    from app.security import Audience
    from tests.security.table import TABLE

    closed = [name.split(" ") for name, row in TABLE.items() if row.who not in set(Audience) - {Audience.SIGNED_IN}]
    return [(verb, re.sub(r"\{[^}]+\}", "1", path)) for verb, path in closed]


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    from app.clock import now

    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * steps))


async def id_of(username: str) -> int:
    from app.tables import User

    row = await User.select(User.id).where(User.username == username).first()
    assert row
    return int(row["id"])


async def give_app(username: str, secret: str = SECRET) -> int:
    """This person set an app up some time ago."""
    from app.account.factors.authenticator import seal_secret
    from app.clock import now
    from app.tables import SecondFactor

    user = await id_of(username)
    await SecondFactor.insert(
        SecondFactor(user=user, secret_encrypted=seal_secret(user, secret), confirmed_at=now(), last_step=0)
    )
    return user


async def give_codes(username: str) -> list[str]:
    from app.account.factors.recovery import hash_codes, new_codes
    from app.tables import RecoveryCode

    user, codes = await id_of(username), new_codes()
    await RecoveryCode.insert(*[RecoveryCode(user=user, code_hash=each) for each in await hash_codes(codes)])
    return codes


async def first_step(client: AsyncClient, username: str) -> None:
    answer = await submit(client, "/inloggen", gebruikersnaam=username, wachtwoord=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, STEP)


async def give(client: AsyncClient, code: str, path: str = STEP) -> Response:
    return await submit(client, path, code=code)


async def sign_in_with_app(client: AsyncClient, username: str) -> None:
    await first_step(client, username)
    assert (await give(client, code_of())).status_code == 303


async def confirm(client: AsyncClient) -> None:
    """Types the password again."""
    answer = await submit(client, "/profiel/bevestigen", huidig_wachtwoord=PASSWORD)
    assert answer.status_code == 303


async def set_app(client: AsyncClient) -> str:
    """By the pages; gives the secret."""
    await confirm(client)
    page = html.fromstring((await client.get(APP)).content)
    secret = str(page.xpath("string(//code[@class='secret'])")).replace(" ", "")
    fields = dict(page.xpath("//main//form[@method='post']")[0].form_values())
    answer = await post(client, APP, fields | {"code": code_of(secret)})
    assert answer.status_code == 303, answer.text
    return secret


async def make_codes(client: AsyncClient) -> list[str]:
    answer = await submit(client, CODES)
    assert answer.status_code == 200
    return [str(each) for each in html.fromstring(answer.content).xpath("//ol//code/text()")]


async def events(action: str) -> list[tuple[int | None, str, dict[str, Any]]]:
    """Who, how it ended, and the particulars, of every event of this kind."""
    import json

    from app.tables import AuditEvent

    rows = await AuditEvent.select().where(AuditEvent.action == action).order_by(AuditEvent.id)
    return [(row["actor"], row["outcome"], json.loads(row["details"])) for row in rows]


async def told(username: str) -> list[str]:
    """What this person was told by mail."""
    import json

    from app.mail.outbox import Letter
    from app.tables import Mail

    mine = (Mail.user == await id_of(username)) & (Mail.template == Letter.ACCOUNT_CHANGED.value)
    rows = await Mail.select(Mail.details).where(mine).order_by(Mail.id)
    return [json.loads(row["details"])["what"] for row in rows]
