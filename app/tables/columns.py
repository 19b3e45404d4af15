"""How columns are declared: keys, moments and what refers to another row."""

from typing import Any

from piccolo.columns import BigSerial, ForeignKey, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table


def required(table: type[Table] | str) -> ForeignKey[Any]:
    return ForeignKey(table, null=False, on_delete=OnDelete.restrict)


def optional(table: type[Table] | str) -> ForeignKey[Any]:
    return ForeignKey(table, null=True, default=None, on_delete=OnDelete.restrict)


def owned_by(table: type[Table] | str) -> ForeignKey[Any]:
    return ForeignKey(table, null=False, on_delete=OnDelete.cascade)


def moment() -> Timestamptz:
    return Timestamptz(null=True, default=None)


class Keyed:
    id = BigSerial(primary_key=True)
