"""Closing leaves one file behind."""

from pathlib import Path

from app.database import SQLite


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_the_log_is_in_the_file_when_the_pool_is_closed(tmp_path: Path) -> None:
    engine = SQLite(tmp_path / "a.sqlite")
    await engine.start_connection_pool()
    await engine.run_ddl("CREATE TABLE note (text TEXT)")
    await engine.run_ddl("INSERT INTO note VALUES ('blijft')")
    await engine.close_connection_pool()
    assert files(tmp_path) == ["a.sqlite"]
