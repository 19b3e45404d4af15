"""What is accepted, and what it becomes."""

from dataclasses import FrozenInstanceError
from ipaddress import ip_network
from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings

KEY = "0123456789abcdef0123456789abcdef"
GOOD = {"SECRET_KEY": KEY, "FACTOR_KEY": KEY[::-1], "BASE_URL": "https://portaal.example.nl"}


def test_three_values_are_enough() -> None:
    settings = read_settings(GOOD)
    assert settings.database_url == "sqlite:///data/portaal.sqlite"
    assert (settings.demo, settings.workers, settings.log_format) == (False, 1, "json")
    assert settings.trusted_proxies == ()
    assert settings.smtp_url is settings.metrics_key is None


def test_an_empty_value_is_no_value() -> None:
    assert read_settings(GOOD | {"WORKERS": "", "SMTP_URL": " "}) == read_settings(GOOD)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/portaal/portaal.sqlite",
        "postgresql://portaal@127.0.0.1:5432/portaal",
        "postgresql://portaal@[::1]/portaal",
        "postgresql:///portaal?host=/var/run/postgresql",
        "postgresql://%2Fvar%2Frun%2Fpostgresql/portaal",
        "postgresql://portaal:p%40ss@db.example.nl/portaal?sslmode=verify-full",
        "postgresql://portaal@db/portaal?sslmode=disable",
        "postgresql://a.example.nl:5432,b.example.nl:5433/portaal?sslmode=verify-ca&target_session_attrs=read-write",
    ],
)
def test_a_database_is_here_or_names_its_sslmode(url: str) -> None:
    assert read_settings(GOOD | {"DATABASE_URL": url}).database_url == url


def test_the_base_url_is_an_origin() -> None:
    assert read_settings(GOOD | {"BASE_URL": "https://Portaal.example.nl:8443/"}).base_url == (
        "https://portaal.example.nl:8443"
    )


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://portaal.example.nl:443", "https://portaal.example.nl"),
        ("http://localhost:80/", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
    ],
)
def test_a_port_that_goes_without_saying_is_not_said(given: str, origin: str) -> None:
    """Browsers leave it out, and passkeys are held to what browsers say."""
    assert read_settings(GOOD | {"BASE_URL": given}).base_url == origin


def test_proxies_are_networks() -> None:
    settings = read_settings(GOOD | {"TRUSTED_PROXIES": "10.0.0.0/8, ::1"})
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({}, "noreply@portaal.example.nl"),
        ({"BASE_URL": "http://127.0.0.1:8000"}, "noreply@localhost"),
        ({"MAIL_FROM": "portaal@mail.intern"}, "portaal@mail.intern"),
    ],
)
def test_letters_come_from_the_portal_s_own_host_unless_said_otherwise(given: dict[str, str], sender: str) -> None:
    assert read_settings(GOOD | given).mail_from == sender


def test_settings_are_frozen_and_keep_their_secrets_to_themselves() -> None:
    settings = read_settings(GOOD | {"SMTP_URL": "smtp://portaal:geheim@mail.example.nl:587"})
    with pytest.raises(FrozenInstanceError):
        settings.demo = True  # type: ignore[misc]
    assert KEY not in repr(settings)
    assert "geheim" not in repr(settings)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text(f"{KEY}\n")
    settings = read_settings(GOOD | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(file)})
    assert settings.secret_key == KEY


def test_a_secret_in_a_file_is_judged_too(tmp_path: Path) -> None:
    for name, content, why in [
        ("empty", b"\n", "SECRET_KEY_FILE names an empty file"),
        ("broken", b"\xff\xfe", "SECRET_KEY_FILE cannot be read: not UTF-8"),
        ("short", b"short", "SECRET_KEY must have at least 32"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SettingsError, match=why):
            read_settings(GOOD | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / name)})
    with pytest.raises(SettingsError, match="SECRET_KEY_FILE cannot be read: No such file"):
        read_settings(GOOD | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "absent")})


def test_a_secret_has_one_source(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        read_settings(GOOD | {"SECRET_KEY_FILE": str(tmp_path / "secret_key")})


def test_only_secrets_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "workers"
    file.write_text("4")
    assert read_settings(GOOD | {"WORKERS_FILE": str(file)}).workers == 1


def test_factors_may_have_several_keys_the_newest_first() -> None:
    new, old = "n3w-" + KEY, "0ld-" + KEY
    assert read_settings(GOOD | {"FACTOR_KEY": f"{new}, {old}"}).factor_keys == (new, old)
    assert new not in repr(read_settings(GOOD | {"FACTOR_KEY": new}))
