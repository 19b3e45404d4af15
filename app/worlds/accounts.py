"""Organisations of a world and the people who look after them."""

from collections.abc import Iterable
from datetime import datetime

from app.account.passwords import hash_now
from app.names import fold, sort_key
from app.tables import Mandate, Organisation, OrganisationRoute, Role, Salutation, User
from app.text import key

PASSWORD = "Merel!9bruggen"  # noqa: S105  the demo shows it on its sign-in page


async def make_organisation(code: str, name: str, routes: Iterable[int], created_at: datetime) -> int:
    """Its code is active on these routes. Gives its id."""
    organisation = Organisation(code=code, name=name, sort_key=fold(name), created_at=created_at)
    await organisation.save()
    links = [OrganisationRoute(organisation=organisation.id, route=route) for route in routes]
    await OrganisationRoute.insert(*links)
    return int(organisation.id)


async def make_user(
    username: str, name: tuple[Salutation, str, str, str], email: str, created_at: datetime, password: str = PASSWORD
) -> int:
    """Gives the id of the account."""
    salutation, given_name, name_particle, family_name = name
    user = User(
        username=username,
        username_key=key(username),
        salutation=salutation,
        given_name=given_name,
        name_particle=name_particle,
        family_name=family_name,
        sort_key=sort_key(given_name, name_particle, family_name),
        email=email,
        email_key=key(email),
        password_hash=hash_now(password),
        created_at=created_at,
        password_changed_at=created_at,
    )
    await user.save()
    return int(user.id)


async def give_mandate(
    user: int, role: Role, organisation: int | None, given_at: datetime, given_by: int | None = None
) -> None:
    mandate = Mandate(user=user, role=role, organisation=organisation, given_by=given_by, given_at=given_at)
    await mandate.save()
