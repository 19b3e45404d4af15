"""Accounts and organisations have the key that they are sorted by."""

from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Text
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-26T04:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Sort keys of accounts and organisations"

PARAMS: dict[str, Any] = {
    "default": "",
    "null": False,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)
    for table, tablename in (("User", "portal_user"), ("Organisation", "organisation")):
        manager.add_column(
            table_class_name=table,
            tablename=tablename,
            column_name="sort_key",
            db_column_name="sort_key",
            column_class_name="Text",
            column_class=Text,
            params=PARAMS,
            schema=None,
        )
    return manager
