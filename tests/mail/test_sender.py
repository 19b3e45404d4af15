"""The outbox empties into a real mail server, once, whatever that server does."""

import asyncio
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from app.clock import now
from app.mail.outbox import Letter, queue
from app.mail.sender import PAUSES, claim_next, send_waiting
from app.mail.server import Encryption, Server, server_of
from app.sessions import hash_token
from app.tables import Mail, Token
from tests.mail.outbox import invite, outbox, reasons, states, tell_candidates
from tests.mail.servers import PASSWORD, PATIENCE, Postbox, self_made_certificate, serving
from tests.postgres import free_port

STRANGER = "niet.bekend@example.org"


async def send(postbox: Postbox, **options: Any) -> None:
    with serving(postbox, **options) as server:
        await send_waiting(server)


async def make_due(**values: Any) -> None:
    """As if the pause were over."""
    columns = {getattr(Mail, name): value for name, value in values.items()}
    await Mail.update({Mail.next_attempt_at: now(), **columns}).where(Mail.state == "queued")


async def test_what_waits_is_sent_with_a_link_that_works(demo: None) -> None:
    user, postbox = await invite(), Postbox()
    await send(postbox)
    [letter], [row] = postbox.letters, await outbox()
    assert letter["To"].addresses[0].addr_spec == user["email"]
    assert letter["Subject"] == "Uw account voor het Evenementenportaal"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [secret] = re.findall(r"/activeren/([\w-]{40,})\s", text)
    assert await Token.exists().where(Token.token_hash == hash_token(secret))
    assert secret in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert (row["state"], row["attempts"], row["last_error"], row["claimed_until"]) == ("sent", 1, "", None)
    assert now() - timedelta(minutes=1) < row["sent_at"] <= now()
    await send(postbox)
    assert len(postbox.taken) == 1


async def test_many_go_over_one_connection_and_each_once_however_many_send(demo: None) -> None:
    recipients = [f"kandidaat.{number}@example.org" for number in range(25)]
    await tell_candidates(*recipients)
    postbox = Postbox()
    with serving(postbox) as server:
        await asyncio.gather(*(send_waiting(server) for _ in range(4)))
    assert sorted(postbox.recipients) == sorted(recipients)
    assert set(await states()) == {"sent"}


async def test_of_one_letter_there_is_one_claim(demo: None) -> None:
    await tell_candidates("een@example.org")
    claims = await asyncio.gather(*(claim_next() for _ in range(10)))
    assert sum(claim is not None for claim in claims) == 1


async def test_after_a_crash_before_it_was_noted_it_goes_once_more_with_a_link_that_works(demo: None) -> None:
    await invite()
    postbox = Postbox()
    claim = await claim_next()  # of a process that sent it, and stopped
    assert claim
    await send(postbox)
    assert postbox.taken == []
    await make_due(claimed_until=now() - timedelta(seconds=1))
    await send(postbox)
    assert len(postbox.taken) == 1
    assert [row["attempts"] for row in await outbox()] == [2]
    assert await Token.count().where(Token.used_at.is_null() & (Token.purpose == "activation")) == 1


async def test_whoever_lost_the_claim_changes_nothing(demo: None) -> None:
    await tell_candidates("een@example.org")
    late = await claim_next()
    assert late
    await make_due(claimed_until=now() - timedelta(seconds=1))
    assert await claim_next()
    with structlog.testing.capture_logs() as said:
        await late.fail("te laat")
    assert [line["event"] for line in said] == ["mail_claim_lost"]
    assert await states() == ["queued"]
    assert await reasons() == [""]


async def test_an_address_that_is_refused_fails_and_the_others_go(demo: None) -> None:
    postbox = Postbox(answers={STRANGER: f"550 5.1.1 {STRANGER} unknown"})
    await tell_candidates(STRANGER, "een@example.org")
    await send(postbox)
    assert postbox.recipients == ["een@example.org"]
    assert await states() == ["failed", "sent"]
    assert await reasons() == ["De mailserver weigert dit adres (550).", ""]


async def test_a_letter_that_is_refused_fails(demo: None) -> None:
    await tell_candidates("een@example.org")
    await send(Postbox(data="554 5.7.1 not wanted"))
    assert await states() == ["failed"]
    assert await reasons() == ["De mailserver weigert dit bericht (554)."]


@pytest.mark.parametrize(
    ("postbox", "reason"),
    [
        (Postbox(answers={"een@example.org": "451 try later"}), "De mailserver weigert dit adres (451)."),
        (Postbox(data="452 full"), "De mailserver weigert dit bericht (452)."),
        (Postbox(delay=PATIENCE + 1), "De mailserver antwoordt niet op tijd."),
    ],
)
async def test_what_may_pass_is_tried_again_after_longer_and_longer(demo: None, postbox: Postbox, reason: str) -> None:
    await tell_candidates("een@example.org")
    await send(postbox)
    [row] = await outbox()
    assert (row["state"], row["attempts"], row["last_error"]) == ("queued", 1, reason)
    assert abs(row["next_attempt_at"] - now() - PAUSES[0]) < timedelta(seconds=10)
    await send(Postbox())
    assert await states() == ["queued"]
    await make_due()
    await send(Postbox())
    assert await states() == ["sent"]
    assert await reasons() == [""]


async def test_it_is_given_up_after_some_days(demo: None) -> None:
    await tell_candidates("een@example.org")
    postbox = Postbox(data="451 later")
    with serving(postbox) as server:
        for pause in PAUSES:
            await send_waiting(server)
            [row] = await outbox()
            assert abs(row["next_attempt_at"] - now() - pause) < timedelta(seconds=10)
            await make_due()
        await send_waiting(server)
    assert await states() == ["failed"]
    assert await reasons() == ["De mailserver weigert dit bericht (451)."]
    assert timedelta(days=1) < sum(PAUSES, timedelta()) < timedelta(days=5)
    assert sorted(PAUSES) == list(PAUSES)


async def test_a_letter_that_ends_the_process_each_time_is_given_up_too(demo: None) -> None:
    await tell_candidates("een@example.org", "twee@example.org")
    await Mail.update({Mail.attempts: len(PAUSES) + 1}).where(Mail.recipient == "een@example.org")
    postbox = Postbox()
    await send(postbox)
    assert await states() == ["failed", "sent"]
    assert (await reasons())[0] == "Het verzenden is telkens afgebroken."


async def test_a_server_that_is_gone_keeps_all_waiting_and_is_asked_once(demo: None) -> None:
    await tell_candidates("een@example.org", "twee@example.org", "drie@example.org")
    closed = Server("localhost", free_port(), Encryption.NONE, patience=PATIENCE)
    with structlog.testing.capture_logs() as said:
        await send_waiting(closed)
    assert [line["event"] for line in said] == ["mail_server_unreachable"]
    assert await states() == ["queued"] * 3
    assert await reasons() == ["De mailserver is niet bereikbaar.", "", ""]


async def test_what_cannot_be_made_fails_with_why_and_holds_nobody_up(demo: None) -> None:
    user = await invite()
    await queue(Letter.INVITATION, "oud@example.org", user=user["id"])
    await tell_candidates("een@example.org")
    await Mail.update({Mail.template: "bestaat_niet"}).where(Mail.recipient == user["email"])
    postbox = Postbox()
    with structlog.testing.capture_logs() as said:
        await send(postbox)
    assert [line["event"] for line in said] == ["mail_not_made"]
    assert await states() == ["queued", "failed", "sent"]
    assert (await reasons())[:2] == [
        "Het bericht kon niet worden gemaakt.",
        "Dit account heeft intussen een ander e-mailadres.",
    ]


UNENCRYPTED = "ignore:Requiring AUTH while not requiring TLS:UserWarning"


@pytest.mark.filterwarnings(UNENCRYPTED)
async def test_no_reason_and_no_log_repeats_an_address_or_a_secret(demo: None, capsys: Any) -> None:
    echo = f"{STRANGER} {PASSWORD}"
    await tell_candidates(STRANGER)
    for answer in ("550", "451"):
        await make_due()
        await send(Postbox(answers={STRANGER: f"{answer} {echo}"}))
        await Mail.update({Mail.state: "queued"}).where(Mail.id > 0)
    with serving(Postbox(), auth_required=True) as server:
        await make_due()
        await send_waiting(replace(server, username="portaal", password="onjuist"))
    said = "".join(await reasons()) + "".join(capsys.readouterr()) + repr(server_of(f"smtp://a:{PASSWORD}@h"))
    assert STRANGER not in said
    assert PASSWORD not in said
    assert (await reasons())[0].startswith("De mailserver kent deze gebruiker niet")


@pytest.mark.filterwarnings(UNENCRYPTED)
async def test_a_server_that_wants_a_password_gets_it(demo: None) -> None:
    await tell_candidates("een@example.org")
    postbox = Postbox()
    with serving(postbox, auth_required=True) as server:
        await send_waiting(replace(server, username="portaal", password=PASSWORD))
    assert await states() == ["sent"]


@pytest.fixture
def certificate(tmp_path: Path) -> Any:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing: it makes the certificate")
    return self_made_certificate(tmp_path)


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
async def test_a_certificate_must_be_trusted(
    demo: None, certificate: Any, encryption: Encryption, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, context = certificate
    shown = {"tls_context": context, "require_starttls": True} if encryption is Encryption.STARTTLS else {}
    shown |= {"ssl_context": context} if encryption is Encryption.TLS else {}
    await tell_candidates("een@example.org")
    postbox = Postbox()
    with serving(postbox, **shown) as plain:
        server = replace(plain, encryption=encryption)
        await send_waiting(server)
        assert postbox.taken == []
        assert await reasons() == ["Het certificaat van de mailserver is niet te vertrouwen."]
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        await make_due()
        await send_waiting(server)
    assert postbox.recipients == ["een@example.org"]
    assert await states() == ["sent"]


async def test_where_starttls_is_required_nothing_goes_in_the_clear(demo: None) -> None:
    await tell_candidates("een@example.org")
    postbox = Postbox()
    with serving(postbox) as plain:
        await send_waiting(replace(plain, encryption=Encryption.STARTTLS))
    assert postbox.taken == []
    assert await reasons() == ["De mailserver biedt geen versleuteling aan (STARTTLS)."]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost:25", Server("localhost", 25, Encryption.NONE)),
        ("smtp://[::1]", Server("::1", 587, Encryption.NONE)),
        ("smtp://mail.example.nl", Server("mail.example.nl", 587, Encryption.STARTTLS)),
        ("smtps://mail.example.nl", Server("mail.example.nl", 465, Encryption.TLS)),
        ("smtps://a%40b:p%2Fw@mail.example.nl:2465", Server("mail.example.nl", 2465, Encryption.TLS, "a@b", "p/w")),
    ],
)
def test_only_on_this_machine_it_goes_unencrypted(url: str, server: Server) -> None:
    assert server_of(url) == server


@pytest.mark.parametrize("with_url", [False, True])
async def test_it_runs_beside_the_pages_where_a_server_is_set(
    demo: None, with_url: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.mail import sender
    from app.settings import get_settings

    await tell_candidates("een@example.org")
    postbox = Postbox()
    monkeypatch.setattr(sender, "LOOK", timedelta(seconds=0.05))
    with serving(postbox) as server:
        url = f"smtp://localhost:{server.port}" if with_url else None
        settings = replace(get_settings(), smtp_url=url)
        monkeypatch.setattr(sender, "get_settings", lambda: settings)
        async with sender.outgoing_mail(None):  # type: ignore[arg-type]
            await _until(lambda: bool(postbox.taken), 5 if with_url else 0.3)
    assert len(postbox.taken) == int(with_url)


async def _until(done: Callable[[], bool], seconds: float) -> None:
    for _ in range(round(seconds / 0.02)):
        if done():
            return
        await asyncio.sleep(0.02)
