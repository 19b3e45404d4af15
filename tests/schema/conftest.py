"""Here the schema itself is tried, by who may change it."""

import pytest

from tests.worlds import Worlds


@pytest.fixture
def worlds(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> Worlds:
    from app.database import Postgres
    from app.piccolo_conf import DB

    if isinstance(DB, Postgres):
        monkeypatch.setattr(DB, "_server", DB._owner)
    return worlds
