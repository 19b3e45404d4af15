"""Another e-mail address counts once it is confirmed by the link that went there, by who is signed in to the account: a
typing error gives the account to nobody else. Until then the old one counts, whose reader hears of both."""

from datetime import timedelta

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.account.queries import Account, Taken, load_account, unique_account
from app.acting import Duty, acting_as
from app.audit import record
from app.clock import now
from app.database import transaction
from app.mail.outbox import Change, Letter, queue, tell_owner
from app.pages import go, page
from app.security import Audience, PortalRequest
from app.tables import Mail, TokenPurpose, User
from app.text import key
from app.throttle import Limit
from app.tokens import LIFETIMES, LinkEnded, find, revoke, use

# Nobody's mailbox is filled by who types its address.
REQUESTS = Limit("new_address", most=5, every=timedelta(hours=4, minutes=48))
TOO_OFTEN = {"emailadres": "U heeft al vijf keer een ander e-mailadres opgegeven. Probeer het morgen opnieuw."}


async def ask_new_address(access: Access, request: PortalRequest, account: Account, email: str) -> None:
    """In the caller's transaction."""
    await record(request, "ask_email_change", "user", access.user)
    await queue(Letter.NEW_ADDRESS, email, user=access.user)
    await tell_owner(access.user, Change.EMAIL_ASKED, account.email)


async def waiting_address(access: Access, account: Account) -> str:
    """The one that is still to be confirmed, if any."""
    columns = (Mail.recipient, Mail.created_at, Mail.user.password_changed_at.as_alias("closed_at"))
    recent = Mail.created_at > now() - LIFETIMES[TokenPurpose.EMAIL]
    own = (Mail.user == access.user) & (Mail.template == Letter.NEW_ADDRESS.value) & recent
    with acting_as(Duty.MAIL):  # a letter is nobody's to see, but that it waits is told to who asked for it
        last = await Mail.select(*columns).where(own).order_by(Mail.id, ascending=False).first()
    if last is None or last["recipient"] == account.email:
        return ""
    is_closed = last["closed_at"] is not None and last["closed_at"] > last["created_at"]
    return "" if is_closed else str(last["recipient"])


async def find_address(access: Access, secret: str) -> str:
    """The address that is confirmed with this. Raises LinkEnded, also for somebody else's link."""
    token = await find(TokenPurpose.EMAIL, secret)
    if token is None or token["user"] != access.user:
        raise LinkEnded
    return str(token["email"])


async def confirm_address(access: Access, request: PortalRequest, secret: str) -> None:
    """Raises LinkEnded, and Taken when another account has this address meanwhile: then the link is not used up."""
    with unique_account():
        async with transaction():
            account = await load_account(access)
            token = await use(TokenPurpose.EMAIL, secret)
            if token is None or token["user"] != access.user:
                raise LinkEnded
            email = token["email"]
            await User.update({User.email: email, User.email_key: key(email)}).where(User.id == access.user)
            await revoke(TokenPurpose.RESET, access.user)
            await record(request, "email_change", "user", access.user)
            await tell_owner(access.user, Change.EMAIL, account.email)


class AddressController(Controller):
    path = "/profiel/emailadres/{token:str}"
    opt = {"access": Audience.SIGNED_IN}

    @get()
    async def ask(self, request: PortalRequest, access: NamedDependency[Access], token: FromPath[str]) -> Response[str]:
        try:
            email = await find_address(access, token)
        except LinkEnded:
            return show_ended(request)
        return page(request, "account/new_address.html", token=token, email=email)

    @post(status_code=303)
    async def confirm(
        self, request: PortalRequest, access: NamedDependency[Access], token: FromPath[str]
    ) -> Response[str]:
        try:
            await confirm_address(access, request, token)
        except (LinkEnded, Taken):
            return show_ended(request)
        return go(request, "/profiel?bevestigd=1")


def show_ended(request: PortalRequest) -> Response[str]:
    return page(request, "account/new_address_ended.html", status=404)
