"""Organisations and the routes that their code is active on."""

from piccolo.columns import Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.tables.columns import Keyed, owned_by, required
from app.tables.words import Kind, Purpose


class Organisation(Keyed, Table):
    code = Varchar(3, unique=True)
    name = Varchar(120)
    active = Boolean(default=True)
    second_factor_required = Boolean(default=False)
    created_at = Timestamptz()
    sort_key = Text(default="")


class Route(Keyed, Table):
    slug = Varchar(40, unique=True)
    name = Varchar(80)
    label = Varchar(40)
    position = Integer()
    website = Varchar(255, default="")
    quality_scheme_url = Varchar(255, default="")
    open_for_enrolment = Boolean(default=True)
    demo = Boolean(default=False)


class OrganisationRoute(Keyed, Table):
    """On which routes the code of an organisation is active."""

    organisation = owned_by(Organisation)
    route = owned_by(Route)


class Profile(Keyed, Table):
    route = required(Route)
    slug = Varchar(80)
    name = Varchar(120)
    position = Integer()
    demo = Boolean(default=False)


class Step(Keyed, Table):
    """`position` counts from 1 over all steps of the route, whatever their kind and period: it is the
    place of the step's letter in `Enrolment.progress`. No kind: a step of every kind."""

    route = required(Route)
    slug = Varchar(40)
    name = Varchar(80)
    position = Integer()
    purpose = Varchar(12, choices=Purpose)
    kind = Varchar(7, null=True, default=None, choices=Kind)
    icon = Varchar(40, default="")
    may_fail = Boolean(default=False)
    validity_months = Integer(null=True, default=None)
    used_from = Date(null=True, default=None)
    used_until = Date(null=True, default=None)
