"""Of every table it is said whether the second wall is around it, and why not."""

from app.piccolo_app import APP_CONFIG
from app.walls import TABLES, Open

FROM_PICCOLO = {"migration"}


def test_each_table_has_a_wall_or_a_reason() -> None:
    declared = {table._meta.tablename for table in APP_CONFIG.table_classes} | FROM_PICCOLO
    assert set(TABLES) == declared
    assert all(each.why for each in TABLES.values() if isinstance(each, Open))


def test_nothing_of_a_candidate_is_open() -> None:
    """Whatever refers to an enrolment or a candidate, but the links in their letters: only hashes of those are kept."""
    told = {
        table._meta.tablename
        for table in APP_CONFIG.table_classes
        for column in table._meta.foreign_key_columns
        if column._foreign_key_meta.resolved_references._meta.tablename in {"candidate", "enrolment"}
    }
    assert {table for table in told if isinstance(TABLES[table], Open)} == {"token"}
