"""What a row may not say. SQLite cannot add a check to a table that exists, so there a check is a pair of triggers."""

from collections.abc import Iterator

from app.constraints.definition import Definition

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
    # What the candidate objected to stays undone.
    "ck_unlinking_objection": ("unlinking", "NEW.cause <> 'objection' OR NEW.restored_at IS NULL"),
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


def checks(engine_type: str) -> Iterator[Definition]:
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
