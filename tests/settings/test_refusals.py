"""A bad value stops the start, in one line that names the variable and repeats no secret."""

import pytest

from app.settings import NAMES, SettingsError, read_settings

KEY = "0123456789abcdef0123456789abcdef"
GOOD = {"SECRET_KEY": KEY, "FACTOR_KEY": KEY[::-1], "BASE_URL": "https://portaal.example.nl"}

REFUSED = [
    ("DATABASE_URL", "mysql://localhost/portaal", "sqlite:/// or postgresql://"),
    ("DATABASE_URL", "sqlite:///", "must name a file"),
    ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
    ("DATABASE_URL", "sqlite://data/portaal.sqlite", "must name a file"),
    ("DATABASE_URL", "sqlite:///data/portaal.sqlite?mode=ro", "must name a file"),
    ("DATABASE_URL", "postgresql:///portaal", "must name its host"),
    ("DATABASE_URL", "postgresql://localhost", "must name the database"),
    ("DATABASE_URL", "postgresql://localhost:port/portaal", "is not an address"),
    ("DATABASE_URL", "postgresql://[::1/portaal", "is not an address"),
    ("DATABASE_URL", "postgresql://db.example.nl/portaal", "leads to another machine"),
    ("DATABASE_URL", "postgresql://127.0.0.1,db.example.nl/portaal", "leads to another machine"),
    ("DATABASE_URL", "postgresql:///portaal?host=db.example.nl", "leads to another machine"),
    ("DATABASE_URL", "postgresql://db.example.nl/portaal?sslmode=prefer", "as sslmode"),
    ("DATABASE_URL", "postgresql://db.example.nl/portaal?sslmode=yes", "as sslmode"),
    ("MIGRATE_DATABASE_URL", "sqlite:///data/other.sqlite", "sqlite:/// or postgresql://"),
    ("READ_DATABASE_URL", "postgresql://localhost/portaal", "is only for PostgreSQL"),
    ("SECRET_KEY", "short", "at least 32"),
    ("SECRET_KEY", "changeme" * 4, "too simple"),
    ("FACTOR_KEY", "short", "at least 32"),
    ("FACTOR_KEY", f"{KEY[::-1]},short", "at least 32"),
    ("FACTOR_KEY", KEY, "must not be the same as SECRET_KEY"),
    ("METRICS_KEY", "0" * 32, "too simple"),
    ("BASE_URL", "portaal.example.nl", "must be an address"),
    ("BASE_URL", "ftp://portaal.example.nl", "must be an address"),
    ("BASE_URL", "https://*", "must be an address"),
    ("BASE_URL", "https://0.0.0.0", "not all of them"),
    ("BASE_URL", "https://portaal.example.nl/app", "only scheme, host and port"),
    ("BASE_URL", "https://jan:geheim@portaal.example.nl", "only scheme, host and port"),
    ("BASE_URL", "http://portaal.example.nl", "must start with https://"),
    ("BASE_URL", "https://portaal.example.nl:99999", "is not an address"),
    ("SMTP_URL", "mail.example.nl:25", "must be an address"),
    ("SMTP_URL", "smtp://", "must be an address"),
    ("SMTP_URL", "smtp://mail.example.nl:mail", "is not an address"),
    ("MAIL_FROM", "noreply", "must be an e-mail address"),
    ("MAIL_FROM", "Portaal <noreply@example.nl>", "must be an e-mail address"),
    ("DEMO", "yes", "must be 0 or 1"),
    ("TRUSTED_PROXIES", "proxy", "addresses or networks"),
    ("TRUSTED_PROXIES", "10.0.0.1/8", "addresses or networks"),
    ("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0", "the whole world"),
    ("LOG_FORMAT", "xml", "must be json or console"),
    ("CANDIDATE_MONTHS", "5", "6 to 240"),
    ("LOG_MONTHS", "3", "6 to 120"),
    ("BACKUP_DAYS", "0", "1 to 366"),
    ("BACKUP_FOLDER", "copies", "must be a whole path"),
    ("WORKERS", "0", "from 1 to 64"),
    ("WORKERS", "two", "from 1 to 64"),
    ("WORKERS", "٢", "from 1 to 64"),
    ("DATABASE_STATEMENT_CACHE", "-1", "from 0 to"),
]


@pytest.mark.parametrize(("name", "value", "why"), REFUSED)
def test_a_bad_value_is_refused_by_name(name: str, value: str, why: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings(GOOD | {name: value})
    [problem] = refusal.value.problems
    assert problem.startswith(f"{name} ")
    assert why in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://portaal:geheim@db.example.nl/portaal"),
        ("SMTP_URL", "smtp://portaal:geheim@mail.example.nl:mail"),
        ("SECRET_KEY", "geheim"),
    ],
)
def test_a_refusal_does_not_repeat_a_secret(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings(GOOD | {name: value})
    assert "geheim" not in str(refusal.value)


def test_copies_of_postgresql_are_made_by_its_own_programs() -> None:
    on_postgres = {"DATABASE_URL": "postgresql://localhost/portaal", "BACKUP_FOLDER": "/srv/copies"}
    with pytest.raises(SettingsError, match="BACKUP_FOLDER is only for SQLite"):
        read_settings(GOOD | on_postgres)


def test_every_setting_that_can_be_malformed_stands_in_the_table() -> None:
    assert {name for name, _, _ in REFUSED} == {name for name in NAMES if not name.endswith("_FILE")}


@pytest.mark.parametrize("name", ["SECRET_KEY", "FACTOR_KEY", "BASE_URL"])
def test_outside_the_demo_nothing_essential_is_guessed(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} is required$"):
        read_settings({key: value for key, value in GOOD.items() if key != name})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings({"WORKERS": "many", "LOG_FORMAT": "xml", "SECRET_KEY": "short"})
    named = [problem.split()[0] for problem in refusal.value.problems]
    assert sorted(named) == ["BASE_URL", "FACTOR_KEY", "LOG_FORMAT", "SECRET_KEY", "WORKERS"]
