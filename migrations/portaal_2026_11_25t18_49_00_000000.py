"""A fact may say only that another one does not count."""

from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar

ID = "2026-11-25T18:49:00:000000"
VERSION = "1.38.0"
DESCRIPTION = ""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)

    manager.alter_column(
        table_class_name="StepResult",
        tablename="step_result",
        column_name="outcome",
        db_column_name="outcome",
        params={
            "choices": Enum(
                "Outcome",
                {
                    "SCHEDULED": "scheduled",
                    "PASSED": "passed",
                    "FAILED": "failed",
                    "WITHDRAWN": "withdrawn",
                },
            )
        },
        old_params={
            "choices": Enum(
                "Outcome",
                {
                    "SCHEDULED": "scheduled",
                    "PASSED": "passed",
                    "FAILED": "failed",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
