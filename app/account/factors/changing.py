"""Setting, changing and removing one's own second factors. Each change is on record, and its owner is told by mail."""

from typing import Any

from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from piccolo.query.mixins import LockStrength

from app.access import Access
from app.account.factors.authenticator import seal_secret
from app.account.factors.passkeys import NewPasskey
from app.account.factors.pending import has_factor
from app.account.factors.recovery import hash_codes, new_codes
from app.audit import record
from app.clock import now
from app.database import transaction, violated_unique
from app.mail.outbox import Change, tell_owner
from app.once import is_first
from app.security import PortalRequest
from app.sessions import end_sessions, renew_session
from app.tables import Passkey, RecoveryCode, SecondFactor, User

MOST_PASSKEYS = 20


class FactorKept(ValueError):
    """Why a factor is not removed: a Dutch sentence."""

    def __init__(self) -> None:
        super().__init__("Voor u is een tweede stap verplicht. Stel eerst een andere in voordat u deze verwijdert.")


class PasskeyKnown(ValueError):
    """Why a passkey is not added: a Dutch sentence."""


async def set_app(access: Access, request: PortalRequest, secret: str, step: int, form: str) -> list[Cookie]:
    """In the place of the one before, if any. The code that showed it to be right, of `step`, counts no more. The same
    form sent twice sets it once."""
    own = SecondFactor.user == access.user
    sealed = seal_secret(access.user, secret)
    columns: dict[Any, Any] = {
        SecondFactor.secret_encrypted: sealed,
        SecondFactor.confirmed_at: now(),
        SecondFactor.last_step: step,
    }
    async with transaction():
        await _lock(access)
        if not await is_first(form):
            return []
        if not await SecondFactor.update(columns).where(own).returning(SecondFactor.id):
            await SecondFactor.insert(SecondFactor(columns | {SecondFactor.user: access.user}))
        cookies, ended = await _pass_step(access, request)
        await record(request, "set_app", "user", access.user, sessions_ended=ended)
        await _tell(access, Change.APP_SET)
        return cookies


async def remove_app(access: Access, request: PortalRequest) -> None:
    """Raises NotFoundException and FactorKept."""
    async with transaction():
        await _lock(access)
        if not await SecondFactor.delete().where(SecondFactor.user == access.user).returning(SecondFactor.id):
            raise NotFoundException
        await _forget_codes(access, request)
        await record(request, "remove_app", "user", access.user)
        await _tell(access, Change.APP_REMOVED)


async def add_passkey(access: Access, request: PortalRequest, new: NewPasskey, name: str) -> list[Cookie]:
    """Raises PasskeyKnown, also for the twenty-first."""
    passkey = Passkey(
        user=access.user,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=name,
        created_at=now(),
    )
    try:
        async with transaction():
            await _lock(access)
            if await Passkey.count().where(Passkey.user == access.user) >= MOST_PASSKEYS:
                raise PasskeyKnown(f"U heeft al {MOST_PASSKEYS} passkeys. Verwijder er eerst een.")
            await Passkey.insert(passkey)
            cookies, ended = await _pass_step(access, request)
            await record(request, "add_passkey", "user", access.user, sessions_ended=ended)
            await _tell(access, Change.PASSKEY_ADDED)
            return cookies
    except Exception as error:
        if "credential" in violated_unique(error):
            raise PasskeyKnown("Deze passkey is hier al ingesteld.") from error
        raise


async def rename_passkey(access: Access, request: PortalRequest, key: int, name: str) -> None:
    """Raises NotFoundException."""
    async with transaction():
        if not await Passkey.update({Passkey.name: name}).where(_own(access, key)).returning(Passkey.id):
            raise NotFoundException
        await record(request, "rename_passkey", "user", access.user)


async def remove_passkey(access: Access, request: PortalRequest, key: int) -> None:
    """Raises NotFoundException and FactorKept."""
    async with transaction():
        await _lock(access)
        if not await Passkey.delete().where(_own(access, key)).returning(Passkey.id):
            raise NotFoundException
        await _forget_codes(access, request)
        await record(request, "remove_passkey", "user", access.user)
        await _tell(access, Change.PASSKEY_REMOVED)


async def renew_codes(access: Access, request: PortalRequest) -> list[str]:
    """Ten in the place of those before. They are shown now, and nowhere again. Raises NotFoundException for who has no
    factor that they could stand in for."""
    codes = new_codes()
    hashes = await hash_codes(codes)
    async with transaction():
        await _lock(access)
        if not await has_factor(access.user):
            raise NotFoundException
        await RecoveryCode.delete().where(RecoveryCode.user == access.user)
        await RecoveryCode.insert(*[RecoveryCode(user=access.user, code_hash=each) for each in hashes])
        await record(request, "make_recovery_codes", "user", access.user, count=len(codes))
        await _tell(access, Change.RECOVERY_CODES)
    return codes


async def _pass_step(access: Access, request: PortalRequest) -> tuple[list[Cookie], int]:
    """With the first factor this session has passed the second step, under another id; all others end. How many those
    were."""
    if request.viewer.second_factor_at is not None:
        return [], 0
    ended = await end_sessions(access.user, besides=request.viewer.session)
    return [await renew_session(request, access.user)], ended


async def _forget_codes(access: Access, request: PortalRequest) -> None:
    """Without any factor recovery codes stand in for nothing. Raises FactorKept for who must have one."""
    if await has_factor(access.user):
        return
    if request.viewer.must_have_factor:
        raise FactorKept
    await RecoveryCode.delete().where(RecoveryCode.user == access.user)


async def _lock(access: Access) -> None:
    """Who changes factors of the same person at the same moment waits here."""
    own = User.select(User.id).where(User.id == access.user)
    if own.engine_type == "postgres":  # SQLite has one writer anyway
        await own.lock_rows(LockStrength.update)


async def _tell(access: Access, what: Change) -> None:
    row = await User.select(User.email).where(User.id == access.user).first()
    if row:
        await tell_owner(access.user, what, row["email"])


def _own(access: Access, key: int) -> Any:
    return (Passkey.id == key) & (Passkey.user == access.user)
