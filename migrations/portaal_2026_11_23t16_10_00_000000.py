"""A download remembers whose data it holds, so that a mandate taken away closes the file too."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Text
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-23T16:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Remember whose data a download holds"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Download",
        tablename="download",
        column_name="scope",
        db_column_name="scope",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )
    return manager
