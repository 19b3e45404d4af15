"""What somebody has as a second factor."""

from dataclasses import dataclass
from datetime import datetime

from litestar.exceptions import NotFoundException

from app.access import Access
from app.tables import Passkey, RecoveryCode, SecondFactor


@dataclass(frozen=True)
class OwnPasskey:
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    credential_id: str


@dataclass(frozen=True)
class Factors:
    app_since: datetime | None
    passkeys: tuple[OwnPasskey, ...]
    """The oldest first."""
    codes: int
    """Recovery codes that were made."""
    codes_left: int

    @property
    def any(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)

    @property
    def words(self) -> str:
        """`Authenticator-app en 2 passkeys`"""
        keys = {0: "", 1: "1 passkey"}.get(len(self.passkeys), f"{len(self.passkeys)} passkeys")
        named = [each for each in ("authenticator-app" if self.app_since else "", keys) if each]
        return (" en ".join(named) or "niet ingesteld").capitalize()


async def load_factors(access: Access, user: int) -> Factors:
    """Of oneself; an administrator of anybody. Raises NotFoundException for another."""
    if user != access.user and not access.everywhere:
        raise NotFoundException
    app = await SecondFactor.select(SecondFactor.confirmed_at).where(SecondFactor.user == user).first()
    columns = (Passkey.id, Passkey.name, Passkey.created_at, Passkey.last_used_at, Passkey.credential_id)
    keys = await Passkey.select(*columns).where(Passkey.user == user).order_by(Passkey.created_at, Passkey.id)
    used = await RecoveryCode.select(RecoveryCode.used_at).where(RecoveryCode.user == user).output(as_list=True)
    return Factors(
        app_since=app["confirmed_at"] if app else None,
        passkeys=tuple(OwnPasskey(**row) for row in keys),
        codes=len(used),
        codes_left=used.count(None),
    )


async def find_passkey(access: Access, key: int) -> OwnPasskey:
    """One's own. Raises NotFoundException."""
    found = next((each for each in (await load_factors(access, access.user)).passkeys if each.id == key), None)
    if found is None:
        raise NotFoundException
    return found
