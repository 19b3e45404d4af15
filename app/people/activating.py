"""Choosing a user name and a password by the link of an invitation. Whoever has the link is that person."""

from app.access import Access, Condition
from app.account.forms import username_columns
from app.account.passwords import hash_password
from app.account.queries import Account, load_account, unique_account
from app.audit import record
from app.clock import now
from app.database import transaction
from app.people.forms import Form
from app.security import PortalRequest
from app.tables import TokenPurpose, User
from app.tokens import LinkEnded, find, use


async def find_invited(secret: str) -> Account:
    """Whose link this is. Looking does not use it up. Raises LinkEnded."""
    token = await find(TokenPurpose.ACTIVATION, secret)
    if token is None or not await User.exists().where(_invited(token["user"])):
        raise LinkEnded
    return await load_account(Access(token["user"], frozenset(), ()))


async def activate(request: PortalRequest, secret: str, form: Form) -> None:
    """Of all who come at once with one link, one gets in. Raises LinkEnded, and Taken for a user name that somebody
    has: then the link still works."""
    password_hash = await hash_password(form.new_password)
    chosen = {User.password_hash: password_hash, User.password_changed_at: now()}
    with unique_account():
        async with transaction():
            token = await use(TokenPurpose.ACTIVATION, secret)
            if token is None:
                raise LinkEnded
            columns = username_columns(form.values) | chosen
            if not await User.update(columns).where(_invited(token["user"])).returning(User.id):
                raise LinkEnded
            await record(request, "activate", "user", token["user"], actor=token["user"])


def _invited(user: int) -> Condition:
    return (User.id == user) & User.active.eq(True) & User.password_hash.is_null()
