"""Behind pgbouncer, as `deploy/pgbouncer.ini` sets it up: connections change hands with every transaction, and nobody
sees what is another's."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.faults.outcome import assert_nothing_lost
from tests.faults.work import working
from tests.instances import Start
from tests.postgres import PORTAL, Server, free_port, not_as_root
from tests.worlds import Worlds

EXAMPLE = Path(__file__).parents[2] / "deploy/pgbouncer.ini"
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
FEW = 4
"""Connections to the database, for three processes that would take up to ten each."""

pytestmark = [pytest.mark.long, pytest.mark.skipif(PROGRAM is None, reason="apt-get install pgbouncer")]


@pytest.fixture
def pooled(own_server: Server) -> Iterator[str]:
    """The address behind it; the example, but for where it is and who may connect."""
    settings = ConfigParser(interpolation=None)
    settings.read(EXAMPLE)
    port = str(free_port())
    settings["databases"]["portaal"] = f"host=127.0.0.1 port={own_server.port}"
    own = {"listen_addr": "127.0.0.1", "listen_port": port, "auth_type": "trust", "default_pool_size": str(FEW)}
    settings["pgbouncer"].update(own | {"auth_file": str(own_server.folder / "users"), "unix_socket_dir": ""})
    (own_server.folder / "users").write_text(f'"{PORTAL}" ""\n')
    with (own_server.folder / "pgbouncer.ini").open("w") as file:
        settings.write(file)
    for name, value in (("statement_timeout", "5s"), ("lock_timeout", "2s"), ("timezone", "UTC"), ("jit", "off")):
        own_server.execute(f"ALTER ROLE {PORTAL} SET {name} = '{value}'")
    process = subprocess.Popen(
        not_as_root([str(PROGRAM), str(own_server.folder / "pgbouncer.ini")]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"postgresql://{PORTAL}@127.0.0.1:{port}/portaal"
    process.terminate()
    process.wait(timeout=10)


def test_the_portal_works_behind_pgbouncer(own_worlds: Worlds, pooled: str, start: Start) -> None:
    settings = {"DATABASE_URL": pooled, "DATABASE_STATEMENT_CACHE": "0"}
    _, url = start(own_worlds, "portaal", workers=3, **settings)
    with working(url, readers=6, enrolling=4) as work:
        work.wait(10)
    assert_nothing_lost(work, own_worlds, "portaal")
    assert set(work.statuses("read")) == {200}
    assert not [each for each in work.answers if each.is_away]
