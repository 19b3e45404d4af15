"""Which persons did an administrator ask for? From the query, back to the query, to a WHERE, to words."""

import re
from dataclasses import dataclass

from piccolo.columns import Text
from piccolo.columns.combination import WhereRaw

from app.access import NOTHING, Condition
from app.lists import ARRANGEMENT, Selection, arrangement, code_of_one, narrowed
from app.names import words
from app.paycodes.codes import NUMBER_LENGTH, canonical
from app.piccolo_conf import DB
from app.query import Query, contains, patterns
from app.tables import Candidate, Enrolment
from app.viewer import OrganisationName

SHORTEST = 3
"""Letters or digits on end that the index needs to find a part by."""
MOST = 2_000
"""How many are counted and paged through."""
NOWHERE = "geen"
"""In the place of a code: of an enrolment that is linked to nobody."""
LAST_SIGN = "\U0010ffff"

_PART = re.compile(rf"[^\W_]{{{SHORTEST}}}")
_POSSIBLE_NUMBER = re.compile(f"[0-9A-Z]{{{NUMBER_LENGTH}}}")

# PostgreSQL uses that index for nobody behind a wall: a function that only administrators get an answer of does.
FOUND_BY_INDEX = "candidate.id IN (SELECT find_candidates({}, {}))"
ENROLLED_THERE = "EXISTS (SELECT 1 FROM enrolment WHERE enrolment.candidate = candidate.id AND {})"


@dataclass(frozen=True, kw_only=True)
class CandidateSearch(Selection):
    """A selection of persons. Words are found anywhere in name, e-mail address or CRT number when one of them has three
    letters or digits on end; otherwise one of them begins the family name and the others stand anywhere in the name."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        **ARRANGEMENT,
    }

    keywords: str = ""
    sort: str = "naam"
    candidates: tuple[int, ...] = ()
    """Who have the very number or e-mail address that was typed: then nobody else is meant."""

    @classmethod
    def from_query(cls, raw: bytes, organisations: tuple[OrganisationName, ...]) -> "CandidateSearch":
        query = Query(raw)
        return cls(
            organisations=organisations,
            keywords=query.text("trefwoorden"),
            organisation=code_of_one(query, organisations, NOWHERE),
            **arrangement(query, ("naam",), cls.sort),
        )

    # To WHEREs: who answers to one of them is found

    def ways(self, visible: Condition) -> list[Condition]:
        """A value that could not be read selects nobody."""
        visible = NOTHING if self.errors else visible
        if self.by_enrolment:
            return [narrowed(visible, self._there(), each) for each in self._by_enrolment()]
        there = self._there()
        enrolled = WhereRaw(ENROLLED_THERE, there.querystring) if there else None
        return [narrowed(visible, enrolled, each) for each in self._by_candidate()]

    @property
    def by_index(self) -> bool:
        """Whether the index of parts of text finds them; otherwise it is a walk along names."""
        return not self.candidates and self._has_part and not self.by_enrolment

    @property
    def by_enrolment(self) -> bool:
        """Whether it is a walk along the names of one organisation, which its enrolments know. They know all that
        candidates are found by but the CRT number."""
        numbered = self._has_part and any(map(str.isdigit, self.keywords))
        return not self.candidates and bool(self.organisation) and not numbered

    @property
    def enrolment_number(self) -> str:
        """What was typed, where that may be the number of an enrolment."""
        number = canonical(self.keywords)
        return number if _POSSIBLE_NUMBER.fullmatch(number) else ""

    @property
    def _words(self) -> list[str]:
        return list(dict.fromkeys(words(self.keywords)))

    @property
    def _has_part(self) -> bool:
        return any(map(_is_indexed, self._words))

    def _by_candidate(self) -> list[Condition | None]:
        if self.candidates:
            return [Candidate.id.is_in(list(self.candidates))]
        return [self._matches()] if self._has_part else self._begin(Candidate.sort_key)

    def _by_enrolment(self) -> list[Condition | None]:
        if self._has_part:
            return [contains(Enrolment.search_text, self.keywords)]
        return self._begin(Enrolment.sort_key)

    def _matches(self) -> Condition:
        if DB.engine_type == "postgres":
            return WhereRaw(FOUND_BY_INDEX, patterns(self.keywords), None if self._there() else MOST + 1)
        phrases = [f'"{word.replace(chr(34), chr(34) * 2)}"' for word in self._words if _is_indexed(word)]
        others = [contains(Candidate.search_text, word) for word in self._words if not _is_indexed(word)]
        return narrowed(WhereRaw("ix_candidate_search MATCH {}", " AND ".join(phrases)), *others)

    def _begin(self, names: Text) -> list[Condition | None]:
        """One for each word: an index walks along a part of the names, not along two."""
        found = contains(names, self.keywords)
        return [(names >= word) & (names < word + LAST_SIGN) & found for word in self._words] or [None]

    def _there(self) -> Condition | None:
        if self.organisation == NOWHERE:
            return Enrolment.organisation.is_null()
        return Enrolment.organisation == self.chosen_organisation.id if self.organisation else None

    # To words

    def _said(self) -> dict[str, str]:
        there = "Zonder organisatie" if self.organisation == NOWHERE else ""
        if self.organisation and not there:
            there = f"Organisatie: {self.chosen_organisation.name}"
        return {"keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "", "organisation": there}


def _is_indexed(word: str) -> bool:
    """PostgreSQL's index knows letters and digits alone, and two of them would leave too much to look through. An
    address has enough of them together."""
    return _PART.search(word) is not None or ("@" in word and sum(map(str.isalnum, word)) > SHORTEST)
