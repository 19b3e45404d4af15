"""How progress reads: an icon, a note under it and words per step, and one sentence that says how it stands."""

from datetime import date

import pytest

from app.candidates.progress import Now, StepCell, now, step_cells
from app.routes.catalogue import RouteEntry, StepEntry
from app.tables import Purpose

TODAY = date(2026, 11, 23)
CO = RouteEntry(
    id=1,
    slug="co",
    name="Vakmanschap CO",
    label="Vakmanschap CO",
    offered=True,
    steps=tuple(
        StepEntry(position, slug, name, renewal, Purpose.TEST)
        for position, (slug, name, renewal) in enumerate(
            [
                ("aanmelding", "Aanmelding", False),
                ("theorietoets", "Theorietoets", False),
                ("theoriemodule", "Theoriemodule", True),
                ("bewijs", "Bewijs van Vakmanschap", False),
            ],
            1,
        )
    ),
    profiles=(),
)


def cells(progress: str, notes: str, valid_until: date | None = None) -> dict[str, StepCell]:
    return step_cells(CO, progress, notes, valid_until, TODAY)


@pytest.mark.parametrize(
    ("letter", "note", "outcome", "under", "words"),
    [
        ("o", "", "open", "", "Theorietoets: nog niet gestart"),
        ("s", "20261201.1", "ingepland", "01-12", "Theorietoets: ingepland (01-12-2026)"),
        ("s", "20261101.1", "ingepland", "01-11", "Theorietoets: ingepland, uitslag nog niet bekend (01-11-2026)"),
        ("s", "20270105.2", "ingepland", "05-01-2027", "Theorietoets: ingepland (2e poging, 05-01-2027)"),
        ("p", "20260312.1", "geslaagd", "12-03", "Theorietoets: geslaagd (12-03-2026)"),
        (
            "f",
            "20260312.1",
            "gezakt",
            "12-03",
            "Theorietoets: niet geslaagd - herkansing noodzakelijk (12-03-2026)",
        ),
        (
            "f",
            "20260312.3",
            "gezakt",
            "3e poging",
            "Theorietoets: niet geslaagd - herkansing noodzakelijk (3e poging, 12-03-2026)",
        ),
    ],
)
def test_a_step_in_an_icon_a_note_and_words(letter: str, note: str, outcome: str, under: str, words: str) -> None:
    cell = cells(f"p{letter}-o", f"20260101.1|{note}||")["theorietoets"]
    assert cell == StepCell("theorietoets", "Theorietoets", outcome, under, words)


@pytest.mark.parametrize(
    ("until", "outcome"), [(date(2026, 11, 23), "geslaagd"), (date(2026, 11, 22), "verlopen"), (None, "geslaagd")]
)
def test_what_was_passed_until_a_day_expires_after_it(until: date | None, outcome: str) -> None:
    assert cells("pp-v", "20210101.1|20210601.1||20211101.1", until)["bewijs"].outcome == outcome


def test_steps_of_another_kind_or_newer_than_the_progress_are_left_out() -> None:
    assert list(cells("po", "20260101.1|")) == ["aanmelding", "theorietoets"]
    assert list(cells("po-o", "20260101.1|||")) == ["aanmelding", "theorietoets", "bewijs"]


@pytest.mark.parametrize(
    ("progress", "until", "expected"),
    [
        ("po-o", None, Now("Theorietoets: nog niet gestart", "open")),
        ("pp-o", None, Now("Bewijs van Vakmanschap: nog niet gestart", "open")),
        ("pv-o", date(2026, 1, 2), Now("Theorietoets: verlopen", "verlopen")),
        ("pp-p", None, Now("Bewijs van Vakmanschap behaald", "geslaagd")),
        ("pp-v", date(2027, 1, 2), Now("Bewijs van Vakmanschap behaald, geldig tot 02-01-2027", "geslaagd")),
        ("pp-v", date(2026, 1, 2), Now("Bewijs van Vakmanschap verlopen op 02-01-2026", "verlopen")),
        ("", None, Now("Nog niet gestart", "open")),
    ],
)
def test_one_sentence_says_how_it_stands(progress: str, until: date | None, expected: Now) -> None:
    assert now(list(cells(progress, "|||", until).values()), until) == expected
