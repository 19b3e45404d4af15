"""Chromium on the real server, watched: whatever a page complains about fails the test."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, BrowserType, ConsoleMessage, Page, Request

from tests.postgres import free_port
from tests.worlds import PASSWORD, Worlds, environment, portaal_command

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first draws no window around its pages: a third of the work."""
# Chromium writes a line for every 4xx; those answers are what some tests ask for.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")

PageAs = Callable[..., Page]


@contextmanager
def serving(
    worlds: Worlds,
    name: str,
    folder: Path,
    *,
    world: str = "demo",
    host: str = "127.0.0.1",
    workers: int = 1,
    **settings: str,
) -> Iterator[str]:
    """`portaal serve` on a world of its own (none given: on what stands there already); gives its address, at this name
    of this machine."""
    if world:
        worlds.copy(world, name)
    process, url = start_serving(worlds, name, folder / f"{name}.log", host, workers, **settings)
    try:
        yield url
    finally:
        process.send_signal(signal.SIGINT)  # without notice: nobody else is served
        process.wait(timeout=30)


def start_serving(
    worlds: Worlds, name: str, log: Path, host: str = "127.0.0.1", workers: int = 1, **settings: str
) -> tuple[subprocess.Popen[bytes], str]:
    """The process, which leads a group of its own, and its address; it answers."""
    port = free_port()
    url = f"http://{host}:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            portaal_command("serve", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)),
            env=os.environ | environment(worlds.databases.url(name), url) | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        )
    try:
        wait_until_ready(process, url, log)
    except BaseException:
        process.kill()
        raise
    return process, url


def worker() -> str:
    """The name of this process among those that share the tests."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path = Path(os.devnull)) -> None:
    """Until it answers, whatever that is. Raises RuntimeError with what it logged."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/gezond", timeout=5):  # noqa: S310
                return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not answer:\n{log.read_text()}")


@pytest.fixture(scope="session")
def server(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal on a demo world that browser tests share: leave it as you found it."""
    with serving(worlds, f"server-{worker()}", tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def worn_server(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal on a demo world that tests write in, one after another: take no number for granted.
    A module that wants it has a fixture `site` that answers it."""
    with serving(worlds, f"worn-{worker()}", tmp_path_factory.mktemp("worn")) as url:
        yield url


@pytest.fixture(scope="session")
def broken_server(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal on a database that lost the table of unlinkings: what needs it fails."""
    name = f"broken-{worker()}"
    with serving(worlds, name, tmp_path_factory.mktemp("broken")) as url:
        worlds.databases.execute("ALTER TABLE unlinking RENAME TO lost", name)
        yield url


@pytest.fixture
def fresh_server(worlds: Worlds, tmp_path: Path) -> Iterator[str]:
    """The portal on a demo world for this test alone."""
    with serving(worlds, f"fresh-{worker()}", tmp_path) as url:
        yield url


@pytest.fixture
def site(request: pytest.FixtureRequest) -> str:
    """The address of the server that the test names; the shared one when it names none."""
    url: str = request.getfixturevalue("fresh_server" if "fresh_server" in request.fixturenames else "server")
    return url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_type: BrowserType) -> dict[str, Any]:
    found = filter(None, map(shutil.which, BROWSERS))
    chromium = next(found, browser_type.executable_path)
    if not Path(chromium).exists():
        pytest.skip("Chromium is missing: apt-get install chromium-headless-shell, or `playwright install chromium`")
    return browser_type_launch_args | {"executable_path": chromium, "args": list(QUIET)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the pages of this test complained about; a test that expects a complaint clears it."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def new_context(
    complaints: list[str], new_context: Callable[..., BrowserContext], site: str
) -> Callable[..., BrowserContext]:
    """Contexts on the test's server, each watched."""

    def watched(**options: Any) -> BrowserContext:
        context = new_context(**({"base_url": site} | options))
        watch(context, site, complaints)
        return context

    return watched


def watch(context: BrowserContext, site: str, complaints: list[str]) -> None:
    """Notes console errors (violations of the CSP are some), exceptions and foreign requests."""

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.match(message.text):
            complaints.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            complaints.append(f"request to another origin: {request.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"exception: {error.error}"))
    context.on("request", on_request)


@pytest.fixture(scope="session")
def signed_in() -> dict[tuple[str, str], Any]:
    """The cookies of who signed in before, per server and user name."""
    return {}


@pytest.fixture
def page_as(new_context: Callable[..., BrowserContext], site: str, signed_in: dict[tuple[str, str], Any]) -> PageAs:
    """`page_as("anna.smit", viewport=…)`: a signed-in page of a new context. A test that signs out
    or changes a password says `own_session=True`."""

    def page_as(username: str, *, own_session: bool = False, **options: Any) -> Page:
        key = (site, username)
        if own_session or key not in signed_in:
            context = new_context()
            sign_in_page(context.new_page(), username)
            state = context.storage_state()
            context.close()
            if own_session:
                return new_context(storage_state=state, **options).new_page()
            signed_in[key] = state
        return new_context(storage_state=signed_in[key], **options).new_page()

    return page_as


def sign_in_page(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/inloggen")
    page.locator("[name=gebruikersnaam]").fill(username)
    page.locator("[name=wachtwoord]").fill(password)
    page.locator("[name=wachtwoord]").press("Enter")
    page.wait_for_url(lambda url: "/inloggen" not in url)
