"""Betaalcodes as a workbook: the same selection in the same order, every row of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from piccolo.columns.combination import WhereRaw

from app.access import Access
from app.clock import local_day
from app.names import list_name
from app.organisations.queries import filterable_organisations
from app.paycodes.codes import grouped
from app.paycodes.filters import PaycodeFilter
from app.paycodes.overview import SOMEBODY_ELSE
from app.paycodes.queries import ORDERS
from app.paycodes.status import LABELS, TONES, Status
from app.routes.catalogue import load_catalogue
from app.tables import Paycode
from app.viewer import Viewer
from app.workbooks.book import Column
from app.workbooks.listing import Meaning, Row, Whom, order_in_words

# As the page of Betaalcodes, but it goes on where the last row stood.
NEXT = """
SELECT paycode.id, paycode.{column} AS place, paycode.code, paycode.route, paycode.profile, paycode.contact_name,
    paycode.reference, paycode.created_at, paycode.expires_at, paycode.used_at, paycode.deactivated_at,
    paycode.deactivation_reason, batch.number AS batch_number, organisation.name AS organisation_name,
    organisation.code AS organisation_code, enrolment.id AS user_id, enrolment.number AS user_number,
    enrolment.organisation AS user_organisation,
    enrolment.given_name, enrolment.name_particle, enrolment.family_name
FROM (SELECT paycode.id FROM paycode WHERE {{}} ORDER BY {order} LIMIT {{}}) AS chosen
JOIN paycode ON paycode.id = chosen.id
JOIN batch ON batch.id = paycode.batch
LEFT JOIN organisation ON organisation.id = paycode.organisation
LEFT JOIN enrolment ON enrolment.id = paycode.used_by AND {{}}
ORDER BY {order}
"""
PLACES = {"aangemaakt": "created_at", "code": "code", "gebruikt": "used_at"}
ORDER_WORDS = {"aangemaakt": "Aangemaakt", "code": "Betaalcode", "gebruikt": "Gebruikt"}

# What follows a row. Codes that nobody used come first, or last the other way round.
FOLLOWS = {
    (">", True): "(paycode.{column}, paycode.id) > ({{}}, {{}})",
    ("<", True): "((paycode.{column}, paycode.id) < ({{}}, {{}}) OR paycode.{column} IS NULL)",
    (">", False): "(paycode.{column} IS NOT NULL OR paycode.id > {{}})",
    ("<", False): "(paycode.{column} IS NULL AND paycode.id < {{}})",
}
LEGEND = (
    Meaning(LABELS[Status.FREE], TONES[Status.FREE], "Nog niet gebruikt en nog geldig."),
    Meaning(LABELS[Status.USED], TONES[Status.USED], "Door een kandidaat ingewisseld."),
    Meaning(LABELS[Status.INACTIVE], TONES[Status.INACTIVE], "Ingetrokken: niet meer te gebruiken."),
    Meaning(LABELS[Status.EXPIRED], TONES[Status.EXPIRED], "Niet gebruikt voordat de geldigheid voorbij was."),
)
COLUMNS = (
    Column("Betaalcode", 22),
    Column("Route", 20),
    Column("Profiel", 34),
    Column("Organisatie", 30),
    Column("Code", 8),
    Column("Contactpersoon", 24),
    Column("Referentie", 24),
    Column("Aangemaakt", 12),
    Column("Batch", 11),
    Column("Status", 16, coloured=True),
    Column("Geldig tot", 12),
    Column("Gebruikt", 12),
    Column("Gebruikt door", 28),
    Column("Voornaam", 16),
    Column("Tussenvoegsel", 14),
    Column("Achternaam", 22),
    Column("Deelnamenummer", 17),
    Column("Inactief sinds", 14),
    Column("Reden", 40),
)


async def read_paycodes(viewer: Viewer, query: str) -> "PaycodeListing":
    """What this person may see of the selection in the query string, now."""
    access = viewer.access
    filters = PaycodeFilter.from_query(
        query.encode(), await load_catalogue(access), await filterable_organisations(viewer), access.enrolments
    )
    return PaycodeListing(access, filters, await count_paycodes(access, filters))


async def count_paycodes(access: Access, filters: PaycodeFilter) -> int:
    return int(await Paycode.count().where(filters.narrow(access.paycodes)))


async def list_after(access: Access, filters: PaycodeFilter, last: Row | None, most: int) -> list[dict[str, Any]]:
    """The codes of the selection that follow `last`, at most so many."""
    column, order = PLACES[filters.sort.removeprefix("-")], ORDERS[filters.sort]
    condition = filters.narrow(access.paycodes)
    if last is not None:
        placed = last["place"] is not None
        sign = "<" if filters.sort.startswith("-") else ">"
        values = (last["place"], last["id"]) if placed else (last["id"],)
        condition = condition & WhereRaw(FOLLOWS[sign, placed].format(column=column), *values)
    rows: list[dict[str, Any]] = await Paycode.raw(
        NEXT.format(column=column, order=order), condition.querystring, most, access.enrolments.querystring
    )
    return rows


@dataclass(frozen=True)
class PaycodeListing:
    access: Access
    filters: PaycodeFilter
    total: int

    title = "Betaalcodes"
    path = "/betaalcodes"
    columns = COLUMNS
    legend = LEGEND

    @property
    def order(self) -> str:
        return order_in_words(self.filters.sort, ORDER_WORDS)

    async def rows_after(self, last: Row | None, most: int) -> Sequence[Row]:
        return await list_after(self.access, self.filters, last, most)

    def shows(self, row: Row) -> Whom | None:
        """Who used the code, where that may be seen."""
        return Whom(row["user_id"], row["user_organisation"]) if row["user_id"] else None

    def cells(self, row: Row) -> Sequence[str | date | None]:
        catalogue = self.filters.catalogue
        status = self.filters.clock.status(row["used_at"], row["deactivated_at"], row["expires_at"])
        return (
            grouped(row["code"]),
            catalogue.route_by_id(row["route"]).label,
            catalogue.profile_name(row["profile"]),
            row["organisation_name"],
            row["organisation_code"],
            row["contact_name"],
            row["reference"],
            local_day(row["created_at"]),
            f"#{row['batch_number']}",
            LABELS[status],
            local_day(row["expires_at"]),
            local_day(row["used_at"]),
            *_user(row),
            local_day(row["deactivated_at"]),
            row["deactivation_reason"],
        )


def _user(row: Row) -> tuple[str | None, ...]:
    """Who used the code, where that enrolment may be seen: name, its three parts, number of the enrolment."""
    if not row["user_id"]:
        return (SOMEBODY_ELSE if row["used_at"] else None, None, None, None, None)
    names = row["given_name"], row["name_particle"], row["family_name"]
    return (list_name(*names), *names, grouped(row["user_number"]))
