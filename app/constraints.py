"""What Piccolo cannot declare: checks, compound, partial and covering indexes, triggers.

`declared(engine)` is the whole list for an engine, by name. `apply()` brings a database to it: what is
missing is made, what is no longer listed goes. A changed definition therefore gets a new name.
SQLite cannot add a check to a table that exists, so there a check is a pair of triggers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from piccolo.engine.base import Engine
from piccolo.querystring import QueryString

CHECKS = {
    "ck_organisation_code": (
        "organisation",
        "length(NEW.code) = 3 AND NEW.code = upper(NEW.code)",
    ),
    "ck_mandate_administrator": (
        "mandate",
        "NEW.role <> 'administrator' OR NEW.organisation IS NULL",
    ),
    "ck_enrolment_number": ("enrolment", "length(NEW.number) = 8"),
    "ck_enrolment_link": (
        "enrolment",
        "(NEW.organisation IS NULL) = (NEW.link_source IS NULL)"
        " AND (NEW.organisation IS NULL) = (NEW.linked_at IS NULL)",
    ),
    "ck_enrolment_renews": ("enrolment", "NEW.kind = 'renewal' OR NEW.renews IS NULL"),
    "ck_unlinking_restored": (
        "unlinking",
        "NEW.restored_at IS NOT NULL OR NEW.restored_by IS NULL",
    ),
    "ck_step_result_attempt": ("step_result", "NEW.attempt >= 1"),
    "ck_step_result_withdrawal": (
        "step_result",
        "(NEW.withdraws IS NULL) = (NEW.withdrawal_reason = '')",
    ),
    "ck_certificate_validity": ("certificate", "NEW.valid_until >= NEW.issued_on"),
    "ck_paycode_code": ("paycode", "length(NEW.code) = 16 AND NEW.code = upper(NEW.code)"),
    "ck_paycode_used": (
        "paycode",
        "(NEW.used_at IS NULL) = (NEW.used_by IS NULL) AND NEW.used_at >= NEW.created_at",
    ),
    "ck_paycode_expires": ("paycode", "NEW.expires_at > NEW.created_at"),
    # A used code is never deactivated.
    "ck_paycode_deactivated": ("paycode", "NEW.used_at IS NULL OR NEW.deactivated_at IS NULL"),
}

UNIQUE = {
    "ux_organisation_route": "organisation_route (organisation, route)",
    "ux_profile_slug": "profile (route, slug)",
    "ux_step_position": "step (route, position)",
    "ux_mandate": 'mandate ("user", role, coalesce(organisation, 0))',
    # One open enrolment per person, route and kind: the database settles a double submit.
    "ux_enrolment_open": "enrolment (candidate, route, kind) WHERE state IN ('not_started', 'running', 'resit')",
    "ux_unlinking_open": "unlinking (enrolment, organisation, linked_at)",
    "ux_step_result_source": "step_result (source, source_id) WHERE source_id IS NOT NULL",
    "ux_step_result_withdraws": "step_result (withdraws) WHERE withdraws IS NOT NULL",
    "ux_certificate_enrolment": "certificate (enrolment)",
    "ux_attempt_key": "attempt (kind, key_hash)",
    "ux_import_row": 'import_row ("import", "row")',
    "ux_download_chunk": "download_chunk (download, position)",
}

INDEXES = {
    # The Overzicht in its three orders, over all organisations too; the last in its counts.
    "ix_enrolment_all_by_name": "enrolment (sort_key, id)",
    "ix_enrolment_by_enrolled": "enrolment (organisation, enrolled_at, id)",
    "ix_enrolment_by_changed": "enrolment (organisation, changed_at, id)",
    "ix_enrolment_standing": "enrolment (organisation, route, state, valid_until, progress, profile, enrolled_at)",
    "ix_enrolment_candidate": "enrolment (candidate)",
    "ix_enrolment_renews": "enrolment (renews) WHERE renews IS NOT NULL",
    "ix_candidate_email": "candidate (email_key)",
    "ix_candidate_crt": "candidate (crt_number) WHERE crt_number IS NOT NULL",
    "ix_unlinking_recent": "unlinking (organisation, unlinked_at)",
    "ix_unlinking_enrolment": "unlinking (enrolment)",
    "ix_step_result_enrolment": "step_result (enrolment)",
    "ix_paycode_all_by_created": "paycode (created_at, id)",
    "ix_paycode_by_created": "paycode (organisation, created_at, id)",
    "ix_paycode_by_code": "paycode (organisation, code)",
    "ix_paycode_by_used": "paycode (organisation, used_at, id)",
    "ix_paycode_counts": "paycode (organisation, batch, used_at, deactivated_at, expires_at, created_at)",
    "ix_paycode_batch": "paycode (batch)",
    "ix_paycode_used_by": "paycode (used_by) WHERE used_by IS NOT NULL",
    "ix_batch_organisation": "batch (organisation, created_at)",
    "ix_session_user": 'session ("user")',
    "ix_token_user": 'token ("user")',
    "ix_mail_waiting": "mail (next_attempt_at) WHERE state = 'queued'",
    "ix_download_waiting": "download (created_at) WHERE state IN ('queued', 'running')",
    "ix_download_user": 'download ("user", created_at)',
    "ix_audit_event_at": "audit_event (at)",
    "ix_audit_event_object": "audit_event (object_type, object_id, at)",
    "ix_audit_event_organisation": "audit_event (organisation, at)",
}

# Ends with all that a search selects or counts by, so that it never visits the table.
SEARCH_KEY = "organisation, sort_key, id"
SEARCH_COVERS = "search_text, route, profile, state, valid_until, progress, enrolled_at"

COPIES = ("organisation", "route", "profile", "contact_name", "reference", "search_text")
_DIFFERS = (
    "NOT EXISTS (SELECT 1 FROM batch WHERE batch.id = NEW.batch AND "
    + " AND ".join(f"batch.{column} IS NOT DISTINCT FROM NEW.{column}" for column in COPIES)
    + ")"
)
_FOLLOW = "UPDATE paycode SET " + ", ".join(f"{column} = NEW.{column}" for column in COPIES) + " WHERE batch = NEW.id"
_SEALED = "EXISTS (SELECT 1 FROM audit_seal WHERE OLD.id BETWEEN first_event AND last_event)"

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
    "tr_step_result_never_changes": ("BEFORE UPDATE", "step_result", "1 = 1", ""),
    "tr_audit_event_never_changes": ("BEFORE UPDATE", "audit_event", "1 = 1", ""),
    # Only what a seal accounts for may go, when its time is over.
    "tr_audit_event_kept": ("BEFORE DELETE", "audit_event", f"NOT {_SEALED}", ""),
    "tr_audit_seal_never_changes": ("BEFORE UPDATE", "audit_seal", "1 = 1", ""),
    "tr_audit_seal_kept": ("BEFORE DELETE", "audit_seal", "1 = 1", ""),
}


@dataclass(frozen=True)
class Definition:
    """One object of the schema: its name and the statements that make it."""

    name: str
    make: tuple[str, ...]

    def __init__(self, name: str, *make: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "make", make)


def declared(engine_type: str) -> dict[str, Definition]:
    parts = (_checks(engine_type), _indexes(engine_type), _triggers(engine_type))
    return {each.name: each for part in parts for each in part}


async def apply(engine: Engine[Any]) -> None:
    """Runs inside the caller's transaction."""
    wanted = declared(engine.engine_type)
    present = await present_names(engine)
    for name, drop in present.items():
        if name not in wanted:
            await engine.run_ddl(drop)
    for name, definition in wanted.items():
        if name not in present:
            for statement in definition.make:
                await engine.run_ddl(statement)


async def present_names(engine: Engine[Any]) -> dict[str, str]:
    """Of the objects that this list governs: name → the statement that drops it."""
    rows = await engine.run_querystring(QueryString(CATALOGUE[engine.engine_type]))
    return {row["name"]: row["removal"] for row in rows}


CATALOGUE = {
    "sqlite": """
        SELECT name, 'DROP ' || type || ' "' || name || '"' AS removal FROM sqlite_master
        WHERE substr(name, 1, 3) IN ('ck_', 'ux_', 'ix_', 'tr_') AND type IN ('index', 'trigger')
    """,
    "postgres": """
        SELECT conname AS name,
            'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname AS removal
        FROM pg_constraint
        WHERE left(conname, 3) = 'ck_' AND connamespace = current_schema()::regnamespace
        UNION ALL
        SELECT indexname, 'DROP INDEX ' || indexname
        FROM pg_indexes
        WHERE left(indexname, 3) IN ('ux_', 'ix_') AND schemaname = current_schema()
        UNION ALL
        SELECT tgname, 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass
        FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE left(tgname, 3) = 'tr_' AND relnamespace = current_schema()::regnamespace
    """,
}


def _checks(engine_type: str) -> Iterator[Definition]:
    for name, (table, condition) in CHECKS.items():
        if engine_type == "postgres":
            yield Definition(
                name,
                f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition.replace('NEW.', '')})",
            )
            continue
        for moment in ("INSERT", "UPDATE"):
            yield Definition(
                f"{name}_{moment.lower()}",
                f"CREATE TRIGGER {name}_{moment.lower()} BEFORE {moment} ON {table}"
                f" WHEN NOT ({condition}) BEGIN SELECT RAISE(ABORT, '{name}'); END",
            )


def _indexes(engine_type: str) -> Iterator[Definition]:
    for name, target in UNIQUE.items():
        yield Definition(name, f"CREATE UNIQUE INDEX {name} ON {target}")
    for name, target in INDEXES.items():
        yield Definition(name, f"CREATE INDEX {name} ON {target}")
    covering = (
        f"enrolment ({SEARCH_KEY}) INCLUDE ({SEARCH_COVERS})"
        if engine_type == "postgres"
        else f"enrolment ({SEARCH_KEY}, {SEARCH_COVERS})"
    )
    yield Definition("ix_enrolment_by_name", f"CREATE INDEX ix_enrolment_by_name ON {covering}")


def _triggers(engine_type: str) -> Iterator[Definition]:
    for name, (moment, table, condition, action) in TRIGGERS.items():
        if engine_type == "sqlite":
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
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN {body}; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )
