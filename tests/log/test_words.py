"""Whatever the portal puts on record has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from app.candidates.filters import CandidateFilter
from app.lists import Selection
from app.log.filters import LogFilter
from app.log.words import DEEDS, SUBJECTS, VALUES, detail, said, sentence
from app.paycodes.filters import PaycodeFilter
from app.people.filters import PersonFilter

FOLDER = Path(app.__file__).parent


def recorded() -> Iterator[tuple[str, ast.expr]]:
    """Every place where the program puts something on record, and what it calls that."""
    for file in sorted(FOLDER.rglob("*.py")):
        tree = ast.parse(file.read_text())
        names = set(imported_from("app.audit", tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                named = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
                yield f"{file.relative_to(FOLDER)}:{node.lineno}", (node.args[1:2] or named)[0]


def imported_from(module: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            yield from (each.asname or each.name for each in node.names)


def words_of(action: ast.expr) -> list[str]:
    """What it can be. One that is worked out elsewhere cannot be read here, and is none."""
    if isinstance(action, ast.Constant):
        return [str(action.value)]
    if isinstance(action, ast.IfExp):
        return words_of(action.body) + words_of(action.orelse)
    return []


def test_every_action_has_words() -> None:
    places = list(recorded())
    assert len(places) > 25
    assert [place for place, action in places if not words_of(action)] == []
    actions = {word for _, action in places for word in words_of(action)}
    assert actions - set(DEEDS) == set()


def test_every_subject_has_actions_and_no_two_share_a_name() -> None:
    assert {deed.subject for deed in DEEDS.values()} <= set(SUBJECTS)
    assert len({deed.name for deed in DEEDS.values()}) == len(DEEDS)


@pytest.mark.parametrize("action", DEEDS)
def test_every_sentence_can_be_read(action: str) -> None:
    for outcome in ("ok", "refused"):
        text = sentence("Anna Smit", action, "iets", outcome)
        assert text.startswith("Anna Smit ")
        assert text.endswith(".")
        assert "  " not in text
        assert " ." not in text
        assert "{" not in text


@pytest.mark.parametrize("selection", [CandidateFilter, PaycodeFilter, LogFilter, PersonFilter])
def test_every_filter_has_a_word(selection: type[Selection]) -> None:
    assert set(selection.PARAMETERS) - {"sort", "size", "number"} <= set(VALUES)


def test_particulars_are_in_words_and_what_is_unknown_stands_as_it_is() -> None:
    assert detail("rows", said(120)) == "120 rijen"
    assert detail("filters", said("keywords since")) == "filters: trefwoorden, vanaf"
    assert detail("fields", said("email,family_name")) == "gewijzigd: e-mailadres, achternaam"
    assert detail("something_new", said("een woord")) == "something_new: een woord"
    assert sentence("Het portaal", "something_new", "route CO", "ok") == "Het portaal: something_new route CO."
