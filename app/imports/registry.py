"""The kinds of import that there are."""

from app.imports.enrolments import Enrolments
from app.imports.kinds import Kind
from app.imports.results import Results
from app.tables import ImportKind

KINDS: dict[ImportKind, Kind] = {each.kind: each for each in (Enrolments(), Results())}
