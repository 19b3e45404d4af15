"""Three machines with PostgreSQL on this one, by the configuration in `deploy/cluster`: etcd and Patroni on an address
each, HAProxy in front."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import yaml

from tests.postgres import OWNER, PORTAL, ask, binary, not_as_root

CONFIGURATION = Path(__file__).parents[2] / "deploy/cluster"
PROGRAMS = ("etcd", "patroni", "haproxy")
NODES = (1, 2, 3)
BALANCER = "127.0.2.10"
SECRETS = {"superuser": "postgres", "replication": "copier", "rewind": "rewinder"}


def missing() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None]


class Cluster:
    """Also the databases of `tests.worlds.Worlds`; all are reached through the balancer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for node in NODES:
            self.start_node(node)
        self.start_balancer(*(f"127.0.0.1:{port}" for port in (1, 2, 3)))
        self.wait_for_primary(60)
        self.execute(f"CREATE ROLE {OWNER} LOGIN", "postgres")
        self.execute(f"CREATE ROLE {PORTAL} LOGIN", "postgres")

    def start_node(self, node: int) -> None:
        own = self.folder / f"node{node}"
        if not own.exists():
            own.mkdir(mode=0o711)
            shutil.chown(own, "postgres", "postgres")
        self._start_etcd(node, own)
        self._start_patroni(node, own)

    def start_balancer(self, *portals: str) -> None:
        """Anew when it runs: it learns where the portals are."""
        if "haproxy" in self._running:
            self._kill("haproxy")
        named = {f"PORTAL{number}": portal for number, portal in enumerate(portals, start=1)}
        nodes = {f"NODE{node}": _address(node) for node in NODES}
        command = [shutil.which("haproxy") or "/usr/sbin/haproxy", "-db", "-f", str(CONFIGURATION / "haproxy.cfg")]
        self._run("haproxy", command, named | nodes | {"BALANCER": BALANCER}, self.folder)

    def stop(self) -> None:
        for node in NODES:
            self.kill_node(node)
        for name in list(self._running):
            self._kill(name)

    def kill_node(self, node: int) -> None:
        """As when its power fails: Patroni, etcd and every process of PostgreSQL, at once."""
        pid = self.folder / f"node{node}/data/postmaster.pid"
        doomed = []
        if pid.exists():
            first = pid.read_text().split()[0]
            children = subprocess.run(
                ["pgrep", "-P", first], check=False, capture_output=True, text=True
            ).stdout.split()
            doomed = [int(each) for each in (first, *children)]
        for name in (f"patroni{node}", f"etcd{node}"):
            self._kill(name)
        for each in doomed:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)

    def primary(self) -> int | None:
        for node in NODES:
            with suppress(OSError):
                urlopen(f"http://{_address(node)}:8008/primary", timeout=2).close()
                return node
        return None

    def wait_for_primary(self, seconds: float) -> int:
        """That can be written to through the balancer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(RuntimeError):
                self.execute("CREATE TEMPORARY TABLE probe ()", "postgres")
                if node := self.primary():
                    return node
            time.sleep(0.2)
        raise RuntimeError(f"no primary: see {self.folder}")

    def wait_for_standbys(self, many: int, seconds: float) -> None:
        """At least one of them has every change before it is answered."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len(self._standbys()) == many and "sync_standby" in self._standbys():
                return
            time.sleep(0.2)
        raise RuntimeError(f"standbys: {self._standbys()}")

    def _standbys(self) -> list[str]:
        primary = self.primary()
        if primary is None:
            return []
        with urlopen(f"http://{_address(primary)}:8008/cluster", timeout=2) as answer:
            members = json.load(answer)["members"]
        return [
            each["role"] for each in members if each["role"] != "leader" and each["state"] in {"running", "streaming"}
        ]

    def url(self, name: str) -> str:
        return f"postgresql://{PORTAL}@{BALANCER}:5000/{name}"

    def reading_url(self, name: str) -> str:
        return f"postgresql://{PORTAL}@{BALANCER}:5001/{name}"

    def owner_url(self, name: str) -> str:
        return self.url(name).replace(PORTAL, OWNER, 1)

    def create(self, name: str) -> None:
        self.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}', "postgres")

    def copy(self, template: str, name: str) -> None:
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER}', "postgres")

    def execute(self, statement: str, name: str) -> None:
        self.rows(statement, name)

    def rows(self, statement: str, name: str) -> list[tuple[str, ...]]:
        return ask(f"postgresql://postgres@{BALANCER}:5000/{name}", statement)

    def _start_etcd(self, node: int, own: Path) -> None:
        peers = ",".join(f"node{each}=http://{_address(each)}:2380" for each in NODES)
        self._run(
            f"etcd{node}",
            not_as_root([str(shutil.which("etcd")), "--name", f"node{node}", "--data-dir", str(own / "etcd")]),
            {
                "ETCD_LISTEN_CLIENT_URLS": f"http://{_address(node)}:2379",
                "ETCD_ADVERTISE_CLIENT_URLS": f"http://{_address(node)}:2379",
                "ETCD_LISTEN_PEER_URLS": f"http://{_address(node)}:2380",
                "ETCD_INITIAL_ADVERTISE_PEER_URLS": f"http://{_address(node)}:2380",
                "ETCD_INITIAL_CLUSTER": peers,
                "ETCD_INITIAL_CLUSTER_STATE": "existing" if (own / "etcd").exists() else "new",
            },
            own,
        )

    def _start_patroni(self, node: int, own: Path) -> None:
        """As the example says, but that on this machine everybody may connect, and its sockets lie apart."""
        settings = yaml.safe_load((CONFIGURATION / "patroni.yml").read_text())
        settings["postgresql"]["pg_hba"] += [f"host {what} all 127.0.0.0/8 trust" for what in ("all", "replication")]
        settings["postgresql"]["parameters"]["unix_socket_directories"] = str(own)
        file = own / "patroni.yml"
        file.write_text(yaml.safe_dump(settings))
        file.chmod(0o644)
        secrets = {
            f"PATRONI_{role.upper()}_{part}": name
            for role, name in SECRETS.items()
            for part in ("USERNAME", "PASSWORD")
        }
        self._run(
            f"patroni{node}",
            not_as_root([str(shutil.which("patroni")), str(file)]),
            secrets
            | {
                "HOME": str(own),
                "PATRONI_NAME": f"node{node}",
                "PATRONI_ETCD3_HOSTS": ",".join(f"{_address(each)}:2379" for each in NODES),
                "PATRONI_RESTAPI_LISTEN": f"{_address(node)}:8008",
                "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{_address(node)}:8008",
                "PATRONI_POSTGRESQL_LISTEN": f"{_address(node)}:5432",
                "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{_address(node)}:5432",
                "PATRONI_POSTGRESQL_DATA_DIR": str(own / "data"),
                "PATRONI_POSTGRESQL_BIN_DIR": str(binary("postgres").parent),
            },
            own,
        )

    def _run(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, env=os.environ | environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
            )

    def _kill(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(node: int) -> str:
    return f"127.0.2.{node}"
