"""What the portal says of itself: one line per event, without personal data.

An error is logged as its kind and the places it passed, never with its message or the values of variables:
a database repeats in its messages what somebody typed."""

import traceback
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger

from app.settings import get_settings


def configure() -> None:
    """As `LOG_FORMAT` asks: lines for people, or JSON for machines."""
    renderer = (
        structlog.processors.JSONRenderer()
        if get_settings().log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            renderer,
        ],
        cache_logger_on_first_use=False,
    )


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception becomes its kind and its path through the code."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["passed"] = _passed(error.__traceback__)
    return event


def _passed(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
