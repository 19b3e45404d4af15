"""`portaal …`: every command ends non-zero with one clear line when it fails."""

import asyncio
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.acting import Duty, acting_as
from app.addresses import sqlite_path
from app.settings import SettingsError, get_settings

T = TypeVar("T")
# Seconds for a statement of a command: nobody waits for a page.
PATIENCE = 3600.0


def main() -> None:
    """The program's entry: a problem is one line, not a stack of them. What it writes is for nobody else to read."""
    os.umask(0o077)
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
    from app import serving

    settings = get_settings()
    allow_many_connections(serving.CONNECTIONS)
    with serving.shared_folder():
        if migrate_first:
            bring_up_to_date()
        click.echo(f"Evenementenportaal: http://{host}:{port}")
        serving.serve(host, port, workers or settings.workers)


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
        with acting_as(Duty.MAINTENANCE):
            async with transaction(patience=PATIENCE):
                return await rederive(None)

    click.echo(f"{run(all_of_them())} enrolments changed.")


@portaal.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database to a new FILE, while the portal serves, and look it through."""
    from app.backup import back_up

    database = sqlite_file("pg_dump --format=custom --file={file} {url}", file)
    click.echo(back_up(database, file).line)


@portaal.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also when there is data: that is set aside under another name.")
def restore(file: Path, replace: bool) -> None:
    """Put the copy in FILE in the place of the database. The portal must not be serving."""
    from app import backup

    database = sqlite_file("pg_restore --exit-on-error --dbname={url} {file}\nportaal restored", file)
    click.echo(backup.restore(file, database, replace=replace).line)
    finish_restoring()


@portaal.command()
def restored() -> None:
    """After pg_restore: bring the database to the newest schema, end the sessions of then, look the log through."""
    finish_restoring()


def finish_restoring() -> None:
    from app.backup import note_restored

    bring_up_to_date()
    with acting_as(Duty.MAINTENANCE):
        run(note_restored())
    say_whether_the_log_is_whole()


def sqlite_file(instead: str, file: Path) -> Path:
    """Of DATABASE_URL. Stops with what to run `instead` where that is PostgreSQL."""
    url = get_settings().database_url
    if url.startswith("sqlite:"):
        return sqlite_path(url)
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
    stop(
        f"PostgreSQL does this itself, as a role that row-level security does not stop:\n"
        f"{instead.format(file=file, url=bare)}"
    )


@portaal.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def retention(dry_run: bool) -> None:
    """Take away what has had its time, as the portal does by itself every night."""
    from app.chores import do_at_once
    from app.rights.retention import clean, expired

    with acting_as(Duty.MAINTENANCE):
        found = run(expired() if dry_run else do_at_once("retention", clean))
    if found is None:
        raise click.ClickException("Another process is doing this now.")
    for name, number in found.items():
        click.echo(f"{name:<12} {number:>9}")
    total = sum(found.values())
    click.echo(f"{total} would go." if dry_run else f"{total} went.")


@portaal.group()
def log() -> None:
    """Who saw or did what."""


@log.command()
@click.option("--seal", default="", help="A seal that you noted down before: it must be in the chain.")
def verify(seal: str) -> None:
    """Say whether the log is as it was written, or which day is not."""
    say_whether_the_log_is_whole(seal.strip().lower())


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


def allow_many_connections(connections: int) -> None:
    """As many open files as the system lets this process have: each connection is one."""
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * connections if most == resource.RLIM_INFINITY else min(2 * connections, most)
    if resource.RLIM_INFINITY != now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def ask_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def say_whether_the_log_is_whole(seal: str = "") -> None:
    from app.log.verifying import Broken, verify

    try:
        with acting_as(Duty.MAINTENANCE):
            click.echo(run(verify(seal)).line)
    except Broken as broken:
        stop(str(broken))


def bring_up_to_date() -> None:
    from app.schema import migrate, warning

    async def migrated() -> tuple[list[str], str]:
        return await migrate(), await warning()

    ran, warned = run(migrated())
    click.echo(f"{len(ran)} migrations ran." if ran else "The schema is up to date.")
    if warned:
        click.echo(warned, err=True)


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
