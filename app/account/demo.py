"""The accounts that the sign-in page of a demo shows."""

from app.settings import get_settings
from app.tables import User
from app.worlds.accounts import PASSWORD

ACCOUNTS = {
    "anna.smit": "Organisatiebeheerder van Noorderwind (NWT), ongeveer 120 kandidaten",
    "bram.devries": "Organisatiebeheerder van NWT en ZPI",
    "carla.jansen": "Organisatiebeheerder van ZPI",
    "dirk.visser": "Aanmeldbeheerder van NWT",
    "vera.meijer": "Organisatiebeheerder van VAK, met de vijf betaalcodes van de handleiding",
    "eva.bakker": "Organisatiebeheerder van BRG, nog zonder kandidaten",
    "niels.los": "Organisatiebeheerder zonder organisatie",
    "beheerder": "Beheerder bij Vakmanschap Techniek",
    "schaal.groot": "Organisatiebeheerder van GRT, 5 % van een grote wereld",
    "schaal.midden": "Organisatiebeheerder van MID, 0,5 % van een grote wereld",
    "schaal.klein": "Organisatiebeheerder van KLN, 100 kandidaten in een grote wereld",
}


async def demo_accounts() -> list[tuple[str, str, str]]:
    """User name, who that is and the password, of those that are here; none unless this is a demo."""
    if not get_settings().demo:
        return []
    rows = await User.select(User.username_key).where(User.username_key.is_in(list(ACCOUNTS)))
    here = {row["username_key"] for row in rows}
    return [(username, who, PASSWORD) for username, who in ACCOUNTS.items() if username in here]
