"""The second step of signing in: what was given is counted, judged, and used up together with the sign-in."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.account.factors.pending import Pending, end_pending, no_longer_pending
from app.account.factors.proof import Means, Proof
from app.account.sign_in import SignedIn, complete_sign_in
from app.audit import record
from app.clock import now
from app.database import transaction
from app.mail.outbox import Change, tell_owner
from app.security import PortalRequest
from app.tables import User
from app.throttle import Limit, Throttled, forgive, hit, is_let_through

# By account, whoever knows its password: five at once, twenty in an hour, fifty in a day.
TRIES = (
    Limit("second_factor", most=5, every=timedelta(minutes=1)),
    Limit("second_factor_hour", most=20, every=timedelta(minutes=3)),
    Limit("second_factor_day", most=50, every=timedelta(days=1) / 50),
)
WARNING = Limit("second_factor_warning", most=1, every=timedelta(days=1))

Check = Callable[[int, str], Awaitable[Proof | None]]


class StepExpired(Exception):
    """It took too long, was done in another window, or the account is closed: signing in starts anew."""


async def give_code(
    request: PortalRequest, pending: Pending, means: Means, check: Check, typed: str
) -> SignedIn | None:
    """Nothing when the code is wrong or was used. Raises Throttled and StepExpired."""
    await _count(request, pending.user)
    proof = await check(pending.user, typed)
    signed_in = await give_proof(request, pending, means, proof)
    if signed_in:
        for limit in TRIES:
            await forgive(limit, str(pending.user))
    return signed_in


async def give_proof(request: PortalRequest, pending: Pending, means: Means, proof: Proof | None) -> SignedIn | None:
    """The sign-in, or nothing when there is no proof or another was first with it. Raises StepExpired."""
    async with transaction():
        if proof is None or not await proof.claim():
            cause = proof.lost if proof else "wrong"
            await record(
                request, "second_factor", "user", pending.user, outcome="refused", means=means.value, cause=cause
            )
            return None
        if not await end_pending(pending):
            raise StepExpired
        await record(request, "second_factor", "user", pending.user, actor=pending.user, means=means.value)
        if means is Means.RECOVERY_CODE:
            await _tell(pending.user, Change.RECOVERY_CODE_USED)
        signed_in = await complete_sign_in(request, pending.user, second_factor_at=now())
    return SignedIn([*signed_in.cookies, no_longer_pending()], signed_in.home)


async def sign_in_by_passkey(request: PortalRequest, proof: Proof | None) -> SignedIn | None:
    """By a passkey alone, which knew its owner: it counts as both steps. Nothing for one that is not of this portal,
    that counts back, or whose owner's account is closed."""
    async with transaction():
        cause = await _refusal(proof)
        if proof is None or cause:
            user = proof.user if proof else None
            await record(request, "sign_in", "user", user, outcome="refused", means=Means.PASSKEY.value, cause=cause)
            return None
        await record(request, "second_factor", "user", proof.user, actor=proof.user, means=Means.PASSKEY.value)
        return await complete_sign_in(request, proof.user, second_factor_at=now())


async def _refusal(proof: Proof | None) -> str:
    if proof is None:
        return "wrong"
    if not await User.exists().where((User.id == proof.user) & User.active.eq(True)):
        return "closed"
    return "" if await proof.claim() else proof.lost


async def _count(request: PortalRequest, user: int) -> None:
    try:
        for limit in TRIES:
            await hit(limit, str(user))
    except Throttled:
        await _warn(request, user)
        raise


async def _warn(request: PortalRequest, user: int) -> None:
    """Once a day at most: somebody who knows the password is guessing."""
    if not await is_let_through(WARNING, str(user)):
        return
    async with transaction():
        await record(request, "second_factor_throttled", "user", user, outcome="refused")
        await _tell(user, Change.FACTOR_GUESSED)


async def _tell(user: int, what: Change) -> None:
    row = await User.select(User.email).where(User.id == user).first()
    if row:
        await tell_owner(user, what, row["email"])
