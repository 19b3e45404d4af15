"""Who lost every factor and all recovery codes is helped by an administrator, who knows them and asked who they are."""

from litestar.exceptions import NotFoundException

from app.access import Access
from app.audit import record
from app.database import transaction
from app.mail.outbox import Change, tell_owner
from app.security import PortalRequest
from app.sessions import end_sessions
from app.tables import Passkey, RecoveryCode, SecondFactor, User


class OwnFactors(ValueError):
    """Nobody removes what is obligatory for themselves by this way: a Dutch sentence."""

    def __init__(self) -> None:
        super().__init__("U kunt uw eigen tweede stap niet resetten. Vraag het een andere beheerder.")


async def reset_factors(access: Access, request: PortalRequest, person: int) -> None:
    """Afterwards the password alone lets this person in, who is out everywhere, to set a new factor where that is
    obligatory. Raises NotFoundException and OwnFactors."""
    if not access.everywhere:
        raise NotFoundException
    if person == access.user:
        raise OwnFactors
    async with transaction():
        row = await User.select(User.email).where(User.id == person).first()
        if row is None:
            raise NotFoundException
        gone = 0
        for table in (SecondFactor, Passkey):
            gone += len(await table.delete().where(table.user == person).returning(table.id))
        if not gone:
            return
        await RecoveryCode.delete().where(RecoveryCode.user == person)
        ended = await end_sessions(person)
        await record(request, "reset_factors", "user", person, count=gone, sessions_ended=ended)
        await tell_owner(person, Change.FACTOR_RESET, row["email"])
