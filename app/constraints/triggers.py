"""What follows from a change, and what never changes or goes."""

from collections.abc import Iterator, Sequence

from app.acting import Duty
from app.constraints.definition import Definition
from app.database import TAKEN

COPIES = ("organisation", "route", "profile", "contact_name", "reference", "search_text")
_DIFFERS = (
    "NOT EXISTS (SELECT 1 FROM batch WHERE batch.id = NEW.batch AND "
    + " AND ".join(f"batch.{column} IS NOT DISTINCT FROM NEW.{column}" for column in COPIES)
    + ")"
)
_FOLLOW = "UPDATE paycode SET " + ", ".join(f"{column} = NEW.{column}" for column in COPIES) + " WHERE batch = NEW.id"
_SEALED = "EXISTS (SELECT 1 FROM audit_seal WHERE OLD.id BETWEEN first_event AND last_event)"
# By the record itself and not by a clock: the database's may differ from the portal's.
_BEFORE_A_SEAL = (
    "EXISTS (SELECT 1 FROM (SELECT last_event FROM audit_seal WHERE last_event IS NOT NULL ORDER BY id DESC LIMIT 1)"
    " AS seal LEFT JOIN audit_event AS latest ON latest.id = seal.last_event"
    " WHERE NEW.id <= seal.last_event OR NEW.at < latest.at)"
)

_STAYS = ("id", "enrolment", "step", "attempt", "outcome", "day", "source", "withdraws", "recorded_at", "recorded_by")
# Of who was erased a fact may forget where it was, under which number elsewhere, and why in somebody's own words.
_FORGETS = (
    " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _STAYS)
    + " AND NEW.place = '' AND NEW.source_id IS NULL AND NEW.withdrawal_reason IN ('', 'gewist')"
    " AND EXISTS (SELECT 1 FROM enrolment JOIN candidate ON candidate.id = enrolment.candidate"
    " WHERE enrolment.id = OLD.enrolment AND candidate.email = '')"
)

# name → (moment, table, condition, action); no action: the statement is refused.
TRIGGERS = {
    "tr_paycode_follows_batch": (f"AFTER UPDATE OF {', '.join(COPIES)}", "batch", "1 = 1", _FOLLOW),
    "tr_paycode_copies_insert": ("BEFORE INSERT", "paycode", _DIFFERS, ""),
    "tr_paycode_copies_update": (
        f"BEFORE UPDATE OF batch, {', '.join(COPIES)}",
        "paycode",
        _DIFFERS,
        "",
    ),
    "tr_step_result_never_changes_but_forgets": ("BEFORE UPDATE", "step_result", f"NOT ({_FORGETS})", ""),
    # Only with its whole enrolment, which by then is gone.
    "tr_step_result_kept": (
        "BEFORE DELETE",
        "step_result",
        "EXISTS (SELECT 1 FROM enrolment WHERE enrolment.id = OLD.enrolment)",
        "",
    ),
    # A code is never deleted, nor is what happened to it.
    "tr_paycode_event_never_changes": ("BEFORE UPDATE", "paycode_event", "1 = 1", ""),
    "tr_paycode_event_kept": ("BEFORE DELETE", "paycode_event", "1 = 1", ""),
    "tr_audit_event_never_changes": ("BEFORE UPDATE", "audit_event", "1 = 1", ""),
    # Only what a seal accounts for may go, when its time is over.
    "tr_audit_event_kept": ("BEFORE DELETE", "audit_event", f"NOT {_SEALED}", ""),
    # Nothing is added to what is sealed. SQLite knows the id only afterwards; below 1 it would pass for none.
    "tr_audit_event_not_before_a_seal": ("AFTER INSERT", "audit_event", f"NEW.id < 1 OR {_BEFORE_A_SEAL}", ""),
    # What was done, to what, with what outcome and from where; the moment and who did it have columns of their own.
    "tr_audit_event_says_all": (
        "BEFORE INSERT",
        "audit_event",
        "NEW.action = '' OR NEW.object_type = '' OR NEW.outcome = '' OR NEW.origin = ''",
        "",
    ),
    "tr_audit_seal_never_changes": ("BEFORE UPDATE", "audit_seal", "1 = 1", ""),
    "tr_audit_seal_kept": ("BEFORE DELETE", "audit_seal", "1 = 1", ""),
}

# PostgreSQL looks at all rows of an insert at once, under another name: row by row, ten thousand codes take a moment.
AT_ONCE = {"tr_paycode_copies_insert": "tr_paycodes_copy_batch"}
# Nor does it look up there, for each code, what its batch has looked up already: a code says what its batch says.
FOLLOWS_FROM_BATCH = ("paycode_organisation_fkey", "paycode_route_fkey", "paycode_profile_fkey")

# On PostgreSQL these look at more than whoever changes the row may see.
LOOKS_EVERYWHERE = {"tr_audit_event_not_before_a_seal"}
EVERYWHERE = (
    "DECLARE duty text := current_setting('app.duty', true);"
    f" BEGIN PERFORM set_config('app.duty', '{Duty.MAINTENANCE}', true);",
    " PERFORM set_config('app.duty', coalesce(duty, ''), true);",
)

# No row of these makes place for another, nor do all at once. REPLACE in SQLite deletes without firing a trigger, and
# takes the facts of an enrolment along; so each of their keys refuses a second row before SQLite looks, in the same
# words. TRUNCATE in PostgreSQL knows no rows.
KEPT = (
    ("audit_event", "id"),
    ("audit_seal", "id"),
    ("audit_seal", "day"),
    ("step_result", "id"),
    ("step_result", "source, source_id"),
    ("step_result", "withdraws"),
    ("paycode_event", "id"),
    ("enrolment", "id"),
)


def triggers(engine_type: str) -> Iterator[Definition]:
    for name, (moment, table, condition, action) in TRIGGERS.items():
        if engine_type == "postgres" and name in AT_ONCE:
            yield _of_statement(AT_ONCE[name], table, condition)
        elif engine_type == "sqlite":
            body = action or f"SELECT RAISE(ABORT, '{name}')"
            yield Definition(
                name,
                f"CREATE TRIGGER {name} {moment} ON {table} WHEN {condition} BEGIN {body}; END",
            )
        else:
            yield Definition(name, *_postgres_trigger(name, moment, table, condition, action))


def _postgres_trigger(name: str, moment: str, table: str, condition: str, action: str) -> tuple[str, str]:
    """A condition of a PostgreSQL trigger may not look into tables, so it stands inside."""
    body = action or f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'"
    look, leave = EVERYWHERE if name in LOOKS_EVERYWHERE else ("BEGIN", "")
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {look}"
        f" IF {condition} THEN {body}; END IF;{leave}"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _of_statement(name: str, table: str, condition: str) -> Definition:
    return Definition(
        name,
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF EXISTS (SELECT 1 FROM made WHERE {condition.replace('NEW.', 'made.')}) THEN"
        f" RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS made"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


def kept(engine_type: str) -> Iterator[Definition]:
    if engine_type == "postgres":
        yield from map(_not_emptied, dict.fromkeys(table for table, _ in KEPT))
    else:
        yield from (_not_replaced(table, key.split(", ")) for table, key in KEPT)


def _not_emptied(table: str) -> Definition:
    name = f"tr_{table}_not_emptied"
    return Definition(
        name,
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END $$",
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


def _not_replaced(table: str, key: Sequence[str]) -> Definition:
    name = f"tr_{table}_{'_'.join(key)}_not_replaced"
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    said = f"{TAKEN}: {', '.join(f'{table}.{column}' for column in key)}"
    return Definition(
        name,
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
        f" BEGIN SELECT RAISE(ABORT, '{said}'); END",
    )
