"""Listens which names the portal reads from queries and forms."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from litestar.datastructures import FormMultiDict, MultiDict

from app.forgery import CSRF_FIELD
from app.query import Query
from app.security import PortalRequest

READING = ("get", "getall", "__getitem__", "__contains__")


class Listening(dict[str, str]):
    """What a form said, which notes what is asked of it."""

    def __init__(self, sent: dict[str, str], heard: set[str]) -> None:
        super().__init__(sent)
        self.heard = heard

    def get(self, name: Any, default: Any = None) -> Any:
        self.heard.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.heard.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.heard.add(str(name))
        return super().__contains__(name)


@contextmanager
def read_names() -> Iterator[set[str]]:
    heard: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        for kind in (MultiDict, FormMultiDict):
            for method in READING:
                patch.setattr(kind, method, _noting(getattr(kind, method), heard))
        patch.setattr(Query, "_value", _noting(Query._value, heard))
        texts = PortalRequest.texts

        async def listening(request: PortalRequest) -> dict[str, str]:
            return Listening(await texts(request), heard)

        patch.setattr(PortalRequest, "texts", listening)
        yield heard
    heard.discard(CSRF_FIELD)


def _noting(method: Any, heard: set[str]) -> Any:
    def noting(self: Any, name: str, *rest: Any, **more: Any) -> Any:
        heard.add(name)
        return method(self, name, *rest, **more)

    return noting
