"""A throwaway PostgreSQL: one per run, on a free port, never as root, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

QUICK = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "max_connections=200",
)
DURABLE = ("max_connections=200",)
"""For what must survive a crash."""
OWNER, PORTAL = "portaal_owner", "portaal"
"""Who may change the schema, and who serves."""


class ServerMissing(Exception):
    """No PostgreSQL server on this machine; says what to install."""


class Server:
    """PostgreSQL in a folder of its own. On Linux it ends with the process that started it, however
    that ends."""

    def __init__(self, folder: Path, port: int, settings: Sequence[str] = QUICK) -> None:
        self.folder = folder
        self.port = port
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._make_folder()
        self._run(
            "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        self.run()
        self.execute(f"CREATE ROLE {OWNER} LOGIN", f"CREATE ROLE {PORTAL} LOGIN")

    def follow(self, primary: "Server") -> None:
        """Starts as a standby of another one."""
        self._make_folder()
        self._run("pg_basebackup", "-D", self.folder / "data", "-R", "-c", "fast", "-d", primary.url("", "postgres"))
        self.run()

    def run(self) -> None:
        options = [
            f"port={self.port}",
            f"unix_socket_directories={self.folder}",
            "listen_addresses=127.0.0.1",
            *self._settings,
        ]
        command = as_postgres(
            "postgres",
            "-D",
            self.folder / "data",
            *(part for option in options for part in ("-c", option)),
        )
        with (self.folder / "server.log").open("ab") as log:
            # A session of its own: Ctrl-C is for pytest, whose tests still need the server to end.
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        self._wait_until_ready()

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # does not wait for who is still connected
            self._process.wait(timeout=30)

    @property
    def pid(self) -> int:
        """Of the first of its processes, which leads the group of them all."""
        assert self._process is not None
        return self._process.pid

    def crash(self) -> None:
        """Every process of it drops what it does; `run` recovers from the log that was written."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=30)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All of it says nothing and refuses nothing, as on a machine that hangs."""
        assert self._process is not None
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        everyone = [first, *map(int, children)]
        for each in everyone:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in everyone:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGCONT)

    def url(self, database: str, role: str = PORTAL) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Runs statements as superuser, each in a transaction of its own."""
        ask(self.url(database, "postgres"), *statements)

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o711)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")

    def _wait_until_ready(self) -> None:
        ready = [str(binary("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + 30
        while subprocess.run(ready, check=False).returncode != 0:
            if time.monotonic() > deadline or self._process is None or self._process.poll() is not None:
                raise RuntimeError((self.folder / "server.log").read_text())
            time.sleep(0.05)

    def _run(self, program: str, *arguments: str | Path) -> None:
        result = subprocess.run(
            as_postgres(program, *arguments),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise RuntimeError(f"{program}: {result.stderr}")


def ask(url: str, *statements: str) -> list[tuple[str, ...]]:
    """Each in a transaction of its own; all their rows, as text. Raises RuntimeError with what PostgreSQL said."""
    commands = (part for statement in statements for part in ("-c", statement))
    options = ("-X", "-A", "-t", "-q", "-F", "\t", "-v", "ON_ERROR_STOP=1")
    result = subprocess.run(
        [binary("psql"), *options, "-d", url, *commands], check=False, capture_output=True, text=True
    )
    if result.returncode != 0:
        raise RuntimeError(f"psql: {result.stderr}")
    return [tuple(line.split("\t")) for line in result.stdout.splitlines()]


def as_postgres(program: str, *arguments: str | Path) -> list[str]:
    """The command line of a PostgreSQL program."""
    return not_as_root([str(binary(program)), *map(str, arguments)])


def not_as_root(command: list[str]) -> list[str]:
    """The server refuses root, so root steps aside."""
    if os.geteuid() == 0:
        return [
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            "--pdeathsig=INT",
            "--",
            *command,
        ]
    if shutil.which("setpriv"):
        return ["setpriv", "--pdeathsig=INT", "--", *command]
    return command


def binary(program: str) -> Path:
    """Debian keeps the server's programs out of the PATH, one folder per version."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which(program, path=os.pathsep.join([*map(str, reversed(folders)), os.environ.get("PATH", "")]))
    if found is None:
        raise ServerMissing(f"{program} is missing: install the PostgreSQL server (apt-get install postgresql)")
    return Path(found)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
