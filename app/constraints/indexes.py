"""What there is one of, and what reads walk along."""

from collections.abc import Iterator

from app.constraints.definition import Definition

UNIQUE = {
    "ux_organisation_route": "organisation_route (organisation, route)",
    "ux_profile_slug": "profile (route, slug)",
    # Partial: below zero steps change places, and PostgreSQL then takes a position for no key, so that whoever moves a
    # step does not wait for who records a result of it.
    "ux_step_place": "step (route, position) WHERE position > 0",
    "ux_step_slug": "step (route, slug)",
    "ux_mandate": 'mandate ("user", role, coalesce(organisation, 0))',
    # Who is one person is settled by the database, also when two enrol at once.
    "ux_candidate_person": "candidate (email_key, sort_key)",
    "ux_candidate_crt": "candidate (crt_number) WHERE crt_number IS NOT NULL",
    # One open enrolment per person, route and kind: the database settles a double submit.
    "ux_enrolment_open": "enrolment (candidate, route, kind) WHERE state IN ('not_started', 'running', 'resit')",
    "ux_unlinking_open": "unlinking (enrolment, organisation, linked_at)",
    "ux_step_result_source": "step_result (source, source_id) WHERE source_id IS NOT NULL",
    "ux_step_result_withdraws": "step_result (withdraws) WHERE withdraws IS NOT NULL",
    "ux_certificate_enrolment": "certificate (enrolment)",
    "ux_attempt_key": "attempt (kind, key_hash)",
    "ux_import_row": 'import_row ("import", "row")',
    "ux_download_chunk": "download_chunk (download, position)",
    "ux_chore_day": "chore (name, day)",
}

INDEXES = {
    # The Overzicht in its three orders, over all organisations too; the last in its counts.
    "ix_enrolment_all_by_name": "enrolment (sort_key, id)",
    "ix_enrolment_by_enrolled": "enrolment (organisation, enrolled_at, id)",
    "ix_enrolment_by_changed": "enrolment (organisation, changed_at, id)",
    "ix_enrolment_alike": "enrolment (organisation, route, state, progress, valid_until, profile, enrolled_at)",
    "ix_enrolment_candidate": "enrolment (candidate)",
    "ix_enrolment_unlinked": "enrolment (candidate) WHERE organisation IS NULL",
    "ix_enrolment_renews": "enrolment (renews) WHERE renews IS NOT NULL",
    "ix_candidate_by_name": "candidate (sort_key, id)",
    "ix_candidate_birth_date": "candidate (birth_date) WHERE birth_date IS NOT NULL",
    "ix_unlinking_recent": "unlinking (organisation, unlinked_at)",
    "ix_unlinking_enrolment": "unlinking (enrolment)",
    "ix_step_result_enrolment": "step_result (enrolment)",
    "ix_paycode_all_by_created": "paycode (created_at, id)",
    "ix_paycode_by_created": "paycode (organisation, created_at, id)",
    "ix_paycode_by_code": "paycode (organisation, code)",
    "ix_paycode_by_used": "paycode (organisation, used_at, id)",
    "ix_paycode_counts": "paycode (organisation, batch, used_at, deactivated_at, expires_at, created_at)",
    "ix_paycode_batch": "paycode (batch)",
    "ix_paycode_by_changed": "paycode (organisation, changed_at, id)",
    "ix_paycode_event_paycode": "paycode_event (paycode)",
    "ix_paycode_used_by": "paycode (used_by) WHERE used_by IS NOT NULL",
    "ix_batch_organisation": "batch (organisation, created_at)",
    "ix_mandate_organisation": "mandate (organisation)",
    "ix_session_user": 'session ("user")',
    "ix_pending_sign_in_user": 'pending_sign_in ("user")',
    "ix_passkey_user": 'passkey ("user")',
    "ix_recovery_code_user": 'recovery_code ("user")',
    "ix_token_user": 'token ("user")',
    "ix_token_enrolment": "token (enrolment)",
    "ix_mail_created": "mail (created_at, id)",
    "ix_mail_state": "mail (state, created_at, id)",
    "ix_mail_waiting": "mail (next_attempt_at) WHERE state = 'queued'",
    "ix_import_waiting": "import (created_at) WHERE state IN ('queued', 'running')",
    "ix_import_user": 'import ("user", created_at)',
    "ix_download_waiting": "download (created_at) WHERE state IN ('queued', 'running')",
    "ix_download_user": 'download ("user", created_at)',
    "ix_disclosure_block": "disclosure (organisation, block, at)",
    "ix_disclosure_at": "disclosure (at)",
    "ix_audit_event_at": "audit_event (at)",
    "ix_audit_event_action": "audit_event (action, at)",
    "ix_audit_event_actor_action": "audit_event (actor, action, at)",
    "ix_audit_event_organisation_action": "audit_event (organisation, action, at)",
    "ix_audit_event_actor": "audit_event (actor, at)",
    "ix_audit_event_object": "audit_event (object_type, object_id, at)",
    "ix_audit_event_organisation": "audit_event (organisation, at)",
}

# Ends with all that a search selects or counts by, so that it never visits the table.
SEARCH_KEY = "organisation, sort_key, id"
SEARCH_COVERS = "search_text, route, profile, state, valid_until, progress, enrolled_at"

# Finds any part of three signs or more of what candidates are found by. On SQLite a table of its own, which keeps no
# text but what it is asked for in the table of candidates, and which triggers keep true.
CANDIDATE_SEARCH = {
    "postgres": (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX ix_candidate_search ON candidate USING gin (search_text gin_trgm_ops)",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE ix_candidate_search USING fts5"
        "(search_text, content = 'candidate', content_rowid = 'id', tokenize = 'trigram case_sensitive 1')",
        "INSERT INTO ix_candidate_search (ix_candidate_search) VALUES ('rebuild')",
    ),
}
_FIND = "INSERT INTO ix_candidate_search (rowid, search_text) VALUES (NEW.id, NEW.search_text)"
_FORGET = (
    "INSERT INTO ix_candidate_search (ix_candidate_search, rowid, search_text)"
    " VALUES ('delete', OLD.id, OLD.search_text)"
)
# name → (moment, action)
CANDIDATE_SEARCH_TRIGGERS = {
    "tr_candidate_search_insert": ("AFTER INSERT", _FIND),
    "tr_candidate_search_update": ("AFTER UPDATE OF search_text", f"{_FORGET}; {_FIND}"),
    "tr_candidate_search_delete": ("AFTER DELETE", _FORGET),
}


def indexes(engine_type: str) -> Iterator[Definition]:
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


def search(engine_type: str) -> Iterator[Definition]:
    yield Definition("ix_candidate_search", *CANDIDATE_SEARCH[engine_type])
    if engine_type == "sqlite":
        for name, (moment, action) in CANDIDATE_SEARCH_TRIGGERS.items():
            yield Definition(name, f"CREATE TRIGGER {name} {moment} ON candidate BEGIN {action}; END")
