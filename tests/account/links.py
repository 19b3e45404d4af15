"""Links in letters about an account, as whoever reads the last one has them."""

import re

from app.database import transaction
from app.mail.letters import Written, write
from app.mail.outbox import Letter
from app.tables import Mail
from tests.worlds import BASE_URL


async def letters(template: Letter) -> list[str]:
    """To whom this one went."""
    rows = await Mail.select(Mail.recipient).where(Mail.template == template.value).order_by(Mail.id)
    return [row["recipient"] for row in rows]


async def told() -> list[tuple[str, str]]:
    """What somebody read to be changed of their account, and at which address."""
    own = Mail.template == Letter.ACCOUNT_CHANGED.value
    rows = await Mail.select(Mail.details, Mail.recipient).where(own).order_by(Mail.id).output(load_json=True)
    return [(row["details"]["what"], row["recipient"]) for row in rows]


async def last_letter(template: Letter) -> Written:
    """As it would be sent now."""
    own = Mail.select().where(Mail.template == template.value)
    mail = await own.order_by(Mail.id, ascending=False).first()
    assert mail, f"nobody is to read {template}"
    async with transaction():
        return await write(mail, secret=True)


async def link_in(template: Letter) -> str:
    """The address in the last letter of this kind: its path."""
    found = re.search(rf"{re.escape(BASE_URL)}(/[\w/-]+/[\w-]{{20,}})", (await last_letter(template)).text)
    assert found
    return found[1]
