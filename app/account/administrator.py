"""The first administrator of an installation, made from the command line."""

from app.account.forms import ProfileForm
from app.account.passwords import hash_password
from app.account.queries import Account, Taken, unique_account
from app.audit import record
from app.clock import now
from app.database import transaction
from app.tables import Mandate, Role, User

NOBODY = Account("", "", "", "", "", "", None, None, ())


async def create_administrator(
    username: str, email: str, salutation: str, given_name: str, name_particle: str, family_name: str, password: str
) -> None:
    """By the same rules as the profile form. Raises ValueError, with what is wrong in Dutch, for what they
    refuse and for a user name or e-mail address that somebody has."""
    typed = {
        "aanhef": salutation,
        "voornaam": given_name,
        "tussenvoegsel": name_particle,
        "achternaam": family_name,
        "emailadres": email,
        "gebruikersnaam": username,
        "nieuw_wachtwoord": password,
        "herhaal_wachtwoord": password,
        "huidig_wachtwoord": password,
    }
    form = ProfileForm.read(typed, NOBODY)
    if form.errors or not password:
        raise ValueError(" ".join(form.errors.values()) or "Vul een wachtwoord in.")
    columns = form.columns() | {User.password_hash: await hash_password(password), User.password_changed_at: now()}
    try:
        with unique_account():
            async with transaction():
                user = User(columns)
                await user.save()
                await Mandate.insert(Mandate(user=user.id, role=Role.ADMINISTRATOR, organisation=None))
                await record(None, "create_administrator", "user", user.id)
    except Taken as taken:
        raise ValueError("Deze gebruikersnaam of dit e-mailadres is al in gebruik.") from taken
