"""`.env` serves development: the environment wins, and nothing in it is overlooked."""

from pathlib import Path

import pytest

from app.environment import read_dotenv
from app.settings import NAMES, SettingsError, get_settings

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, in an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_quotes_comments_and_export_are_understood() -> None:
    text = f"# mine\n\nexport SECRET_KEY='{KEY}'\n WORKERS = 2 \nSMTP_URL=\"smtp://mail:25\"\nDEMO=\n"
    assert read_dotenv(text, NAMES) == {
        "SECRET_KEY": KEY,
        "WORKERS": "2",
        "SMTP_URL": "smtp://mail:25",
        "DEMO": "",
    }


def test_an_unknown_name_and_a_broken_line_are_refused() -> None:
    with pytest.raises(SettingsError) as refusal:
        read_dotenv(f"SECRET_KEI={KEY}\nWORKERS 2\n", NAMES)
    assert refusal.value.problems == [
        "SECRET_KEI (.env line 1) is not a setting of this portal",
        ".env line 2 is not NAME=value",
    ]


def test_the_environment_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text(
        f"SECRET_KEY={KEY}\nFACTOR_KEY={KEY[::-1]}\nBASE_URL=https://portaal.example.nl\nWORKERS=2\n"
    )
    monkeypatch.setenv("WORKERS", "3")
    settings = get_settings.__wrapped__()
    assert (settings.base_url, settings.workers) == ("https://portaal.example.nl", 3)


def test_a_bad_file_stops_the_start(folder: Path) -> None:
    (folder / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"^\.env cannot be read"):
        get_settings.__wrapped__()
