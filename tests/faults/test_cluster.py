"""Three portals on a PostgreSQL of three machines, by the configuration in `deploy/cluster`: one portal is killed, then
the machine with the primary. Nothing that was answered is lost, nothing is done twice, and whoever was sent away comes
back to a portal that works."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.account.test_on_a_real_server import SESSION, browser, form_of, sign_in
from tests.faults.cluster import BALANCER, Cluster, missing
from tests.faults.outcome import assert_nothing_lost, assert_well, tell
from tests.faults.work import working
from tests.instances import Start
from tests.worlds import Worlds, portaal

FAILOVER = 45.0
"""Seconds within which somebody may be sent away: 20 until the primary counts as gone, and then choosing another."""
SITE = f"http://{BALANCER}:8000"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL runs as another user: needs root"),
    pytest.mark.skipif(bool(missing()), reason=f"apt-get install etcd-server haproxy patroni (no {missing()})"),
]


@pytest.fixture
def cluster(pytestconfig: pytest.Config) -> Iterator[Cluster]:
    if pytestconfig.getoption("--database") != "postgres":
        pytest.skip("SQLite is no other process: run on PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="portaal-cluster-"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@pytest.fixture
def worlds_there(cluster: Cluster, tmp_path: Path) -> Worlds:
    cluster.create("portaal")
    for command in ("migrate", "demo"):
        portaal(command, database_url=cluster.url("portaal"))
    cluster.wait_for_standbys(2, 60)
    return Worlds(tmp_path, cluster)


def test_a_portal_and_then_the_primary_are_killed(
    cluster: Cluster, worlds_there: Worlds, start: Start, record_property: Any
) -> None:
    settings = {
        "BASE_URL": SITE,
        "READ_DATABASE_URL": cluster.reading_url("portaal"),
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    portals = [start(worlds_there, "portaal", **settings) for _ in range(3)]
    cluster.start_balancer(*(urlsplit(url).netloc for _, url in portals))
    time.sleep(3)
    with working(SITE, readers=6, enrolling=3) as work:
        work.wait(5)
        killed = time.monotonic()
        os.killpg(portals[0][0].pid, signal.SIGKILL)
        work.wait(10)
        away = [each for each in work.answers if each.is_away]
        failed = time.monotonic()
        cluster.kill_node(cluster.primary() or 0)
        cluster.wait_for_primary(FAILOVER)
        until = time.monotonic()
        work.wait(15)
    enrolled = assert_nothing_lost(work, worlds_there, "portaal")
    tell(record_property, "three portals, the primary killed: failover", work, failed, until, enrolled)
    lasted = max((each.ended for each in away), default=killed) - killed
    record_property("more", f"one portal killed before: {len(away)} sent away within {lasted:.1f} s")
    assert lasted < 5
    assert_well(work, until)
    assert all(each.ended > killed for each in work.answers if each.is_away)


def test_a_session_is_one_of_all_portals_and_the_standby_reads_for_workbooks(
    cluster: Cluster, worlds_there: Worlds, start: Start
) -> None:
    settings = {"READ_DATABASE_URL": cluster.reading_url("portaal")}
    sites = [start(worlds_there, "portaal", **settings)[1] for _ in range(2)]
    with browser(sites[0]) as here, browser(sites[1]) as there:
        there.cookies.set(SESSION, sign_in(here))
        books = [client.get("/overzicht.xlsx") for client in (here, there)]
        assert [book.status_code for book in books] == [200, 200]
        leaving = form_of(here, "/profiel", "//header//form[@action='/uitloggen']")
        assert here.post("/uitloggen", data=leaving).status_code == 303
        assert there.get("/overzicht").status_code == 303
