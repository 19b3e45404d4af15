"""`portaal …`: every command ends non-zero with one clear line when it fails."""

import asyncio
import sys
from collections.abc import Awaitable
from typing import NoReturn, TypeVar

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.settings import SettingsError, get_settings

T = TypeVar("T")
# Seconds for a statement of a command: nobody waits for a page.
PATIENCE = 3600.0


def main() -> None:
    """The program's entry: a problem is one line, not a stack of them."""
    try:
        portaal(standalone_mode=False)
    except SettingsError as error:
        stop(f"The settings are refused. {error}")
    except click.ClickException as error:
        stop(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        stop("Stopped.")
    except (OSError, RuntimeError, ValueError) as error:
        stop(str(error) or type(error).__name__)


def stop(line: str) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def portaal() -> None:
    """The Evenementenportaal of Vakmanschap Techniek."""


@portaal.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; one per core serves best.")
@click.option("--migrate", "migrate_first", is_flag=True, help="Bring the database to the newest schema first.")
def serve(host: str, port: int, workers: int | None, migrate_first: bool) -> None:
    """Serve the portal."""
    from granian.constants import Interfaces
    from granian.server import Server

    settings = get_settings()
    if migrate_first:
        bring_up_to_date()
    click.echo(f"Evenementenportaal: http://{host}:{port}")
    Server(
        "app.main:create_app",
        factory=True,
        address=host,
        port=port,
        workers=workers or settings.workers,
        interface=Interfaces.ASGI,
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


@portaal.command()
def migrate() -> None:
    """Bring the database to the newest schema. Running it twice changes nothing."""
    bring_up_to_date()


@portaal.command()
def demo() -> None:
    """Load the demo world. Running it twice changes nothing."""
    from app.demo import load_demo

    run(load_demo())
    click.echo("The demo world is loaded.")


@portaal.command()
@click.option("--enrolments", required=True, type=click.IntRange(1_000, 10_000_000))
def scale(enrolments: int) -> None:
    """Build a seeded random world of that many enrolments, for measuring."""
    from app.scale import build_scale

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        task = progress.add_task("Building", total=enrolments)
        run(build_scale(enrolments, lambda done, total: progress.update(task, completed=done, total=total)))


@portaal.command()
def rederive() -> None:
    """Derive the progress of every enrolment anew from its facts."""
    from app.database import transaction
    from app.results.rederive import rederive

    async def all_of_them() -> int:
        async with transaction(patience=PATIENCE):
            return await rederive(None)

    click.echo(f"{run(all_of_them())} enrolments changed.")


@portaal.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.option("--username", required=True)
@click.option("--email", required=True)
@click.option("--given-name", required=True)
@click.option("--name-particle", default="")
@click.option("--family-name", required=True)
@click.option("--salutation", type=click.Choice(["mr", "ms", "neutral"]), default="neutral", show_default=True)
def create_user(**person: str) -> None:
    """Make the first administrator. Asks for the password, or reads it from standard input."""
    from app.account.administrator import create_administrator

    password = ask_password() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    run(create_administrator(password=password, **person))
    click.echo(f"{person['username']} can sign in as an administrator.")


def ask_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def bring_up_to_date() -> None:
    from app.schema import migrate

    ran = run(migrate())
    click.echo(f"{len(ran)} migrations ran." if ran else "The schema is up to date.")


def run(work: Awaitable[T]) -> T:
    """With the database open meanwhile."""
    from app.piccolo_conf import DB

    async def with_database() -> T:
        await DB.start_connection_pool()
        try:
            return await work
        finally:
            await DB.close_connection_pool()

    return asyncio.run(with_database())
