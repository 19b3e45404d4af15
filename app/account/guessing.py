"""Guessing passwords is slow: a try counts before anything is computed, by the account that it is for, by the address
block that it comes from, and with those of everybody. A right one is taken back.

Nobody is kept out of their own account by who guesses at it: a browser in which its owner signed in before counts by
itself alone, and a link by mail makes any browser such a one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.account.known_device import device_of
from app.audit import record
from app.database import transaction
from app.mail.outbox import Letter, queue
from app.origin import origin_of
from app.security import PortalRequest
from app.throttle import Limit, Throttled, forgive, hit, is_let_through

ACCOUNT = Limit("sign_in_account", most=10, every=timedelta(seconds=30))
DEVICE = Limit("sign_in_device", most=10, every=timedelta(seconds=30))
ADDRESS = Limit("sign_in_address", most=30, every=timedelta(seconds=10))
EVERYBODY = Limit("sign_in_everybody", most=1000, every=timedelta(seconds=0.3))
# That a bucket ran over is put on record once, not once for each try that was refused; its owner reads it once a day.
TOLD = Limit("sign_in_told", most=1, every=timedelta(hours=1))
MAILED = Limit("sign_in_mailed", most=1, every=timedelta(days=1))


@dataclass(frozen=True)
class Guess:
    """A try to sign in with a user name, which may be nobody's."""

    name: str
    account: Mapping[str, Any] | None
    buckets: tuple[tuple[Limit, str], ...]

    @classmethod
    def of(cls, request: PortalRequest, name: str, account: Mapping[str, Any] | None) -> "Guess":
        known = account["password_hash"] if account else None
        device = device_of(request, account["id"], known) if account and known else ""
        if device:
            return cls(name, account, ((DEVICE, f"{device} {name}"),))
        return cls(name, account, ((ADDRESS, origin_of(request)), (ACCOUNT, name), (EVERYBODY, "")))

    async def count(self, request: PortalRequest) -> None:
        """Raises Throttled; the first time that a bucket runs over is on record, and mailed to who owns it."""
        for limit, key in self.buckets:
            try:
                await hit(limit, key)
            except Throttled:
                await self._tell(request, limit, key)
                raise

    async def take_back(self) -> None:
        """It was right, or it was never looked at."""
        for limit, key in self.buckets:
            await forgive(limit, key)

    async def _tell(self, request: PortalRequest, limit: Limit, key: str) -> None:
        if not await is_let_through(TOLD, f"{limit.kind} {key}"):
            return
        of_account = limit in {ACCOUNT, DEVICE}
        mails = of_account and await is_let_through(MAILED, self.name)
        account = self.account if of_account else None
        async with transaction():
            told = "user", account["id"] if account else None
            await record(request, "sign_in_throttled", *told, outcome="refused", limit=limit.kind)
            if mails and account and account["active"] and account["password_hash"]:
                await queue(Letter.SIGN_IN_ATTEMPTS, account["email"], user=account["id"])
