"""What holds in every world, asked of the database itself."""

from piccolo.querystring import QueryString

# Each finds what may not exist. Days in these worlds are the same in UTC and in Amsterdam.
NEVER = {
    "a code used before it was made or after it expired": """
        SELECT id FROM paycode WHERE used_at < created_at OR used_at >= expires_at
    """,
    "a code both used and deactivated": """
        SELECT id FROM paycode WHERE used_at IS NOT NULL AND deactivated_at IS NOT NULL
    """,
    "a code deactivated before it was made": "SELECT id FROM paycode WHERE deactivated_at < created_at",
    "a code used on another route": """
        SELECT paycode.id FROM paycode JOIN enrolment ON enrolment.id = used_by WHERE enrolment.route <> paycode.route
    """,
    "a code of one profile used for another": """
        SELECT paycode.id FROM paycode JOIN enrolment ON enrolment.id = used_by
        WHERE paycode.profile IS NOT NULL AND paycode.profile IS DISTINCT FROM enrolment.profile
    """,
    "a code that its batch does not know": """
        SELECT paycode.id FROM paycode JOIN batch ON batch.id = batch
        WHERE batch.created_at <> paycode.created_at OR batch.organisation IS DISTINCT FROM paycode.organisation
    """,
    "a test without a payment before it": """
        SELECT step_result.id FROM step_result JOIN step ON step.id = step WHERE step.purpose = 'test'
        AND NOT EXISTS (SELECT 1 FROM paycode WHERE used_by = step_result.enrolment AND used_at < recorded_at)
        AND NOT EXISTS (
            SELECT 1 FROM step_result AS paid JOIN step AS payment ON payment.id = paid.step
            WHERE payment.purpose = 'payment' AND paid.enrolment = step_result.enrolment AND paid.day <= step_result.day
        )
    """,
    "a test before the one in front of it was passed": """
        SELECT step_result.id FROM step_result JOIN step ON step.id = step JOIN enrolment ON enrolment.id = enrolment
        WHERE step.purpose = 'test' AND EXISTS (
            SELECT 1 FROM step AS earlier WHERE earlier.route = step.route AND earlier.purpose = 'test'
            AND earlier.position < step.position AND coalesce(earlier.kind, enrolment.kind) = enrolment.kind
            AND NOT EXISTS (
                SELECT 1 FROM step_result AS passed WHERE passed.enrolment = step_result.enrolment
                AND passed.step = earlier.id AND passed.outcome = 'passed' AND passed.day <= step_result.day
            )
        )
    """,
    "a second attempt without a failed first": """
        SELECT step_result.id FROM step_result JOIN step ON step.id = step
        WHERE step.purpose = 'test' AND attempt > 1 AND NOT EXISTS (
            SELECT 1 FROM step_result AS failed WHERE failed.enrolment = step_result.enrolment
            AND failed.step = step_result.step AND failed.attempt = step_result.attempt - 1
            AND failed.outcome = 'failed' AND failed.day <= step_result.day
        )
    """,
    "a certificate with a test that is not passed": """
        SELECT certificate.id FROM certificate JOIN enrolment ON enrolment.id = certificate.enrolment
        WHERE progress LIKE '%o%' OR progress LIKE '%f%' OR progress LIKE '%s%'
    """,
    "a result for a step of another route or kind": """
        SELECT step_result.id FROM step_result JOIN step ON step.id = step JOIN enrolment ON enrolment.id = enrolment
        WHERE step.route <> enrolment.route OR coalesce(step.kind, enrolment.kind) <> enrolment.kind
    """,
    "something known before the enrolment": """
        SELECT step_result.id FROM step_result JOIN enrolment ON enrolment.id = enrolment
        WHERE recorded_at < enrolled_at
        UNION ALL SELECT paycode.id FROM paycode JOIN enrolment ON enrolment.id = used_by WHERE used_at < enrolled_at
    """,
    "something known in the future": """
        SELECT id FROM step_result WHERE recorded_at > current_timestamp
        UNION ALL SELECT id FROM enrolment WHERE changed_at > current_timestamp OR linked_at > current_timestamp
        UNION ALL SELECT id FROM paycode WHERE created_at > current_timestamp OR deactivated_at > current_timestamp
        UNION ALL SELECT id FROM certificate WHERE skills_passport_on > current_date
    """,
    "an organisation that does not offer the route of its candidate": """
        SELECT enrolment.id FROM enrolment WHERE organisation IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM organisation_route WHERE organisation_route.organisation = enrolment.organisation
            AND organisation_route.route = enrolment.route
        )
    """,
    "a link by paycode without a paycode": """
        SELECT id FROM enrolment WHERE link_source = 'paycode'
        AND NOT EXISTS (SELECT 1 FROM paycode WHERE used_by = enrolment.id)
    """,
    "a mail address that could be somebody's": """
        SELECT id FROM candidate WHERE email NOT LIKE '%.example' AND email NOT LIKE '%@example.org'
        UNION ALL SELECT id FROM portal_user WHERE email NOT LIKE '%.example' AND email NOT LIKE '%@example.org'
    """,
}


async def offenders(never: str) -> list[int]:
    """Ids of the rows that should not be there."""
    from app.piccolo_conf import DB

    return [row["id"] for row in await DB.run_querystring(QueryString(NEVER[never]))]
