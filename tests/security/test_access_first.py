"""Who is looking comes first: every function that reads or changes what people see takes `access` first."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import app
from app.access import Access

NAMES = ("queries", "details", "unlinking")

# These do not look on behalf of somebody with rights of their own, or are handed who it is.
EXCEPTIONS = {
    "app.candidates.unlinking.end_links": "is handed which links end",
    "app.organisations.queries.filterable_organisations": "takes the viewer, whose access says which",
}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if found.name.rsplit(".", 1)[1] in NAMES:
            yield import_module(found.name)


def functions() -> Iterator[tuple[str, Any]]:
    for module in modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
            if is_async and not name.startswith("_") and function.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", function


def test_every_query_takes_access_first() -> None:
    named = dict(functions())
    without = {name for name, function in named.items() if not _takes_access_first(function)}
    assert without == set(EXCEPTIONS)
    assert len(named) >= 15


def _takes_access_first(function: Any) -> bool:
    first = next(iter(inspect.signature(function, eval_str=True).parameters.values()), None)
    return first is not None and (first.name, first.annotation) == ("access", Access)
