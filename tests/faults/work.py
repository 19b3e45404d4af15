"""Everyday work on the real portal while something goes wrong: some read, others enrol candidates. Whoever gets no
answer, or hears to come back, sends the same form again until it is answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from httpx import Client, HTTPError, Timeout
from lxml import html

from tests.benchmarks.pages import sign_in

DOMAIN = "storing.example"
"""Of everybody who is enrolled meanwhile."""
PERSON = {"aanhef": "mr", "voornaam": "Jan", "tussenvoegsel": "", "organisatie": "NWT"}
PAUSE = 0.1
AWAY = {0, 502, 503, 504}
"""No answer, or the word that none can be given now; 502 and 504 are a balancer's."""


@dataclass(frozen=True)
class Answer:
    what: str
    status: int
    """0 when there was none."""
    began: float
    ended: float

    @property
    def is_away(self) -> bool:
        return self.status in AWAY


@dataclass
class Work:
    """What was done until now, by all who work."""

    answers: list[Answer] = field(default_factory=list)
    enrolled: list[str] = field(default_factory=list)
    """The addresses of whom the portal said that they are."""
    refused: list[str] = field(default_factory=list)
    """What it said instead, which it never should."""
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, what: str, request: Callable[[], Any]) -> Any:
        """The answer, or None when there is none."""
        began = time.monotonic()
        try:
            answer = request()
        except HTTPError:
            answer = None
        status = 0 if answer is None else answer.status_code
        self.answers.append(Answer(what, status, began, time.monotonic()))
        return answer

    def statuses(self, what: str = "") -> Counter[int]:
        return Counter(each.status for each in self.answers if each.what.startswith(what))

    def slowest(self, what: str) -> float:
        return max(each.ended - each.began for each in self.answers if each.what == what)

    def away(self, since: float) -> float:
        """Seconds after this moment that somebody was still sent away, whenever that began."""
        late = [each.ended - since for each in self.answers if each.is_away]
        return max([0.0, *late])

    def wait(self, seconds: float) -> None:
        """Lets them work on."""
        time.sleep(seconds)


@contextmanager
def working(*urls: str, readers: int = 3, enrolling: int = 2) -> Iterator[Work]:
    """By turns at each of these addresses. In the end each has an answer."""
    work, numbers = Work(), count(1)
    jobs: list[tuple[Callable[..., None], Sequence[Any]]] = []
    for place in range(max(readers, enrolling)):
        url = urls[place % len(urls)]
        jobs += [(_read, (work, url))] * (place < readers) + [(_enrol, (work, url, numbers))] * (place < enrolling)
        jobs += [(_look_alive, (work, url))] * (place < len(urls))
    signed_in = [(job, arguments, _client(arguments[1], job)) for job, arguments in jobs]
    threads = [threading.Thread(target=job, args=(client, *arguments)) for job, arguments, client in signed_in]
    for thread in threads:
        thread.start()
    try:
        yield work
    finally:
        work.over.set()
        for thread in threads:
            thread.join(60)
        for _, _, client in signed_in:
            client.close()
    assert not any(thread.is_alive() for thread in threads)


def _client(url: str, job: Callable[..., None]) -> Client:
    client = Client(base_url=url, timeout=Timeout(30, connect=2))
    if job is not _look_alive:
        sign_in(client, "dirk.visser" if job is _enrol else "anna.smit")
    return client


def _read(client: Client, work: Work, url: str) -> None:
    while not work.over.wait(PAUSE):
        answer = work.ask("read", lambda: client.get("/overzicht"))
        if answer is not None and answer.status_code == 503 and not _says_when(answer):
            work.refused.append(f"503 without a word when to come back: {answer.headers}")


def _says_when(answer: Any) -> bool:
    return answer.headers.get("Retry-After", "").isdigit() and "even niet bereikbaar" in answer.text


def _look_alive(client: Client, work: Work, url: str) -> None:
    """What asks nothing of the database."""
    while not work.over.wait(PAUSE):
        work.ask("alive", lambda: client.get("/gezond"))


def _enrol(client: Client, work: Work, url: str, numbers: "count[int]") -> None:
    form: Any = None
    while not work.over.is_set():
        while not work.over.wait(PAUSE) and (form is None or form.status_code != 200):
            form = work.ask("form", lambda: client.get("/aanmeldingen/nieuw"))
        if form is None or form.status_code != 200:
            return
        number = next(numbers)
        person = PERSON | {"achternaam": f"Storing{number}", "emailadres": f"{number}@{DOMAIN}"}
        shown = html.fromstring(form.content)
        profile = shown.xpath("//select[@name='profiel']//option[@value != '']/@value")[0]
        fields = dict(shown.xpath("//main//form[@method='post']")[0].form_values()) | person | {"profiel": profile}
        form = None
        _send(client, work, fields)


def _send(client: Client, work: Work, fields: dict[str, Any]) -> None:
    """Until it is answered, also when all others have stopped."""
    deadline = time.monotonic() + 45
    while time.monotonic() < deadline:
        answer = work.ask("enrol", lambda: client.post("/aanmeldingen/nieuw", data=fields))
        if answer is not None and answer.status_code == 303:
            work.enrolled.append(fields["emailadres"])
            return
        if answer is not None and answer.status_code not in AWAY:
            said = html.fromstring(answer.content).xpath("string(//*[@id='fouten'])")
            work.refused.append(f"{fields['emailadres']}: {answer.status_code} {said.split()}")
            return
        time.sleep(PAUSE)
    work.refused.append(f"{fields['emailadres']}: never answered")
