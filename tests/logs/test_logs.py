"""The log tells where something went wrong, and nothing of what somebody typed."""

import json

import pytest
import structlog

from app import logs

CANARY = "kanarie@voorbeeld.example"


def fail_on(_typed: str) -> None:
    raise ValueError(f"duplicate key: {CANARY}")


def test_an_error_is_logged_without_its_message_or_values(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        fail_on(CANARY)
    except ValueError as error:
        structlog.get_logger().error("request_failed", path="/overzicht", exc_info=error)
    said = capsys.readouterr().out
    assert "ValueError" in said
    assert "fail_on" in said
    assert CANARY not in said


def test_a_line_break_in_a_value_stays_in_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    renderer = structlog.processors.JSONRenderer()
    line = renderer(None, "info", {"event": "sign_in", "username": "a\nb"})
    assert json.loads(line)["username"] == "a\nb"
    assert "\n" not in line
