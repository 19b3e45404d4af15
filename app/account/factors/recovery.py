"""Recovery codes: for who lost the phone or the key. Each works once; what is kept of them is slow to guess."""

import secrets

from app.account.factors.proof import Means, Proof
from app.account.passwords import stretch
from app.clock import now
from app.paycodes.codes import ALPHABET, canonical, grouped
from app.tables import RecoveryCode

HOW_MANY = 10
SIGNS = 12
SALT = 8
"""Bytes, one salt for the codes of a set: it stands in front of each hash."""


def new_codes() -> list[str]:
    """53 random bits each, as people read them."""
    return [grouped("".join(secrets.choice(ALPHABET) for _ in range(SIGNS))) for _ in range(HOW_MANY)]


async def hash_codes(codes: list[str]) -> list[str]:
    salt = secrets.token_bytes(SALT)
    return [salt.hex() + each for each in await stretch([canonical(code) for code in codes], salt)]


async def check_code(user: int, typed: str) -> Proof | None:
    """The same work for any code that can be one, whether it is right or not."""
    code = canonical(typed)
    if len(code) != SIGNS or not set(code) <= set(ALPHABET):
        return None
    known = await RecoveryCode.select(RecoveryCode.code_hash).where(RecoveryCode.user == user).first()
    if known is None:
        return None
    salt = bytes.fromhex(known["code_hash"][: 2 * SALT])
    [hashed] = await stretch([code], salt)

    async def claim() -> bool:
        unused = (RecoveryCode.user == user) & (RecoveryCode.code_hash == salt.hex() + hashed)
        used = RecoveryCode.update({RecoveryCode.used_at: now()}).where(unused & RecoveryCode.used_at.is_null())
        return bool(await used.returning(RecoveryCode.id))

    return Proof(user, Means.RECOVERY_CODE, claim)
