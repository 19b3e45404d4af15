"""The demo needs nothing, and keeps its key between starts and workers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings


def demo(folder: Path) -> dict[str, str]:
    return {"DEMO": "1", "DATABASE_URL": f"sqlite:///{folder}/portaal.sqlite"}


def test_the_demo_runs_on_this_machine_without_a_setting(tmp_path: Path) -> None:
    settings = read_settings(demo(tmp_path))
    assert (settings.demo, settings.base_url) == (True, "http://127.0.0.1:8000")


def test_the_demo_may_be_shown_over_http(tmp_path: Path) -> None:
    settings = read_settings(demo(tmp_path) | {"BASE_URL": "http://demo.example.nl"})
    assert settings.base_url == "http://demo.example.nl"


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = read_settings(demo(tmp_path / "data")).secret_key
    assert read_settings(demo(tmp_path / "data")).secret_key == first
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_workers_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        settings = list(workers.map(read_settings, [demo(tmp_path)] * 32))
    assert len({each.secret_key for each in settings}) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_key_leaves_no_file(tmp_path: Path) -> None:
    key = "0123456789abcdef0123456789abcdef"
    assert read_settings(demo(tmp_path) | {"SECRET_KEY": key}).secret_key == key
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(SettingsError, match=r"^SECRET_KEY .*secret_key"):
        read_settings(demo(tmp_path))
