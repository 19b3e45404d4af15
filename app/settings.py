"""What can be set, and what is refused. Environment only; `.env` is read where there is one."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from app.addresses import (
    base_url,
    database_url,
    is_safe_origin,
    mail_address,
    no_reply,
    postgresql_url,
    smtp_url,
    sqlite_path,
)
from app.environment import (
    Network,
    Reader,
    SettingsError,
    flag,
    networks,
    number,
    one_of,
    read_dotenv,
    secret,
    several,
    whole_path,
)

__all__ = ["NAMES", "Settings", "SettingsError", "get_settings", "read_settings"]

DATABASE_URL = "sqlite:///data/portaal.sqlite"
DEMO_BASE_URL = "http://127.0.0.1:8000"

SECRETS = {
    "DATABASE_URL",
    "FACTOR_KEY",
    "METRICS_KEY",
    "MIGRATE_DATABASE_URL",
    "READ_DATABASE_URL",
    "SECRET_KEY",
    "SMTP_URL",
}
PLAIN = {
    "BACKUP_DAYS",
    "BACKUP_FOLDER",
    "BASE_URL",
    "CANDIDATE_MONTHS",
    "DATABASE_STATEMENT_CACHE",
    "DEMO",
    "LOG_FORMAT",
    "LOG_MONTHS",
    "MAIL_FROM",
    "TRUSTED_PROXIES",
    "WORKERS",
}
NAMES = SECRETS | PLAIN | {f"{name}_FILE" for name in SECRETS}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation. What is optional and unset is None; no secret shows in a repr."""

    demo: bool
    base_url: str
    log_format: str
    workers: int
    trusted_proxies: tuple[Network, ...]
    database_statement_cache: int
    database_url: str = field(repr=False)
    migrate_database_url: str | None = field(repr=False)
    read_database_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    factor_keys: tuple[str, ...] = field(repr=False)
    """What secrets of second factors are encrypted with: the first is used, the others are still understood."""
    metrics_key: str | None = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    """What letters come from; nobody reads what is sent there."""
    candidate_months: int
    """After which a candidate whom no organisation looks after is erased."""
    log_months: int
    """After which events are cleared away."""
    backup_folder: Path | None
    """Where a copy of a SQLite database goes every night."""
    backup_days: int
    """After which such a copy is removed."""

    @property
    def data_folder(self) -> Path:
        """Where the file of SQLite lies; on PostgreSQL where it would."""
        url = self.database_url if self.database_url.startswith("sqlite:") else DATABASE_URL
        return sqlite_path(url).parent


@cache
def get_settings() -> Settings:
    """The settings of this process: the environment first, then `.env` of the working folder."""
    return read_settings(_dotenv(Path(".env")) | os.environ)


def read_settings(values: Mapping[str, str]) -> Settings:
    """Raises SettingsError with every problem at once."""
    reader = Reader(values, SECRETS)
    settings = _read(reader)
    _check_together(settings, reader)
    if reader.problems:
        raise SettingsError(reader.problems)
    return settings if settings.secret_key else replace(settings, secret_key=_demo_key(settings.data_folder))


def _dotenv(file: Path) -> dict[str, str]:
    try:
        return read_dotenv(file.read_text(encoding="utf-8"), NAMES)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{file} cannot be read: {error}"]) from None


def _read(reader: Reader) -> Settings:
    demo = reader.value("DEMO", flag, False)
    own_url = reader.value("BASE_URL", base_url, DEMO_BASE_URL if demo else "")
    return Settings(
        demo=demo,
        base_url=own_url,
        log_format=reader.value("LOG_FORMAT", one_of("json", "console"), "console" if demo else "json"),
        workers=reader.value("WORKERS", number(1, 64), 1),
        trusted_proxies=reader.value("TRUSTED_PROXIES", networks, ()),
        database_statement_cache=reader.value("DATABASE_STATEMENT_CACHE", number(0, 10_000), 100),
        database_url=reader.value("DATABASE_URL", database_url, DATABASE_URL),
        migrate_database_url=reader.value("MIGRATE_DATABASE_URL", postgresql_url, None),
        read_database_url=reader.value("READ_DATABASE_URL", postgresql_url, None),
        secret_key=reader.value("SECRET_KEY", secret, ""),
        factor_keys=reader.value("FACTOR_KEY", several(secret), ()),
        metrics_key=reader.value("METRICS_KEY", secret, None),
        smtp_url=reader.value("SMTP_URL", smtp_url, None),
        candidate_months=reader.value("CANDIDATE_MONTHS", number(6, 240), 24),
        log_months=reader.value("LOG_MONTHS", number(6, 120), 12),
        backup_folder=reader.value("BACKUP_FOLDER", whole_path, None),
        backup_days=reader.value("BACKUP_DAYS", number(1, 366), 14),
        mail_from=reader.value("MAIL_FROM", mail_address, no_reply(own_url)),
    )


def _check_together(settings: Settings, reader: Reader) -> None:
    if not settings.demo:
        reader.require("SECRET_KEY", settings.secret_key)
        reader.require("FACTOR_KEY", "".join(settings.factor_keys))
        reader.require("BASE_URL", settings.base_url)
        if settings.base_url and not is_safe_origin(settings.base_url):
            reader.refuse("BASE_URL", "must start with https:// (http only on this machine or with DEMO=1)")
    if settings.secret_key in settings.factor_keys:
        reader.refuse("FACTOR_KEY", "must not be the same as SECRET_KEY")
    if settings.database_url.startswith("sqlite:"):
        for name, url in (
            ("MIGRATE_DATABASE_URL", settings.migrate_database_url),
            ("READ_DATABASE_URL", settings.read_database_url),
        ):
            if url:
                reader.refuse(name, "is only for PostgreSQL, and DATABASE_URL is SQLite")
    elif settings.backup_folder:
        reader.refuse("BACKUP_FOLDER", "is only for SQLite, and DATABASE_URL is PostgreSQL: copy that with pg_dump")


def _demo_key(folder: Path) -> str:
    """One key per data folder, so that restarts and all workers agree; written whole or not at all."""
    file = folder / "secret_key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _write_once(file, secrets.token_hex(32))
        return secret(file.read_text(encoding="utf-8").strip())
    except (OSError, ValueError) as error:
        raise SettingsError([f"SECRET_KEY is not set and {file} cannot serve instead: {error}"]) from None


def _write_once(file: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent) as draft:  # mode 0600
        draft.write(text)
        draft.flush()
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft.name, file)
