"""Making and revoking keys. Only administrators come here: the controller declares it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.api.keys import SHOWN, new_secret
from app.api.queries import find_key
from app.audit import record
from app.clock import months_after, now, today
from app.database import transaction
from app.imports.results import SOURCE as BY_FILE
from app.once import FIELD, form_key, is_first
from app.paycodes.batches.forms import read_until
from app.paycodes.issuing import end_of
from app.results.forms import Form
from app.results.recording import BY_HAND
from app.routes.slugs import SHAPE
from app.security import PortalRequest
from app.sessions import hash_token
from app.tables import ApiKey, ApiScope
from app.viewer import OrganisationName

SCOPES = {
    ApiScope.RESULTS_WRITE: "Uitslagen en bewijzen melden",
    ApiScope.ENROLMENTS_READ: "Deelnames van de organisatie lezen",
    ApiScope.PAYCODES_READ: "Betaalcodes van de organisatie lezen",
}
NOT_A_SOURCE = "Gebruik kleine letters, cijfers en streepjes, bijvoorbeeld toetssysteem-noord."
TAKEN_SOURCE = "Deze naam gebruikt het portaal zelf. Kies een andere."
READS = "Een sleutel die leest, is van één organisatie. Kies welke."


@dataclass(frozen=True)
class NewKey:
    """What is asked for. `valid_until` is the last day."""

    name: str
    source: str
    scopes: tuple[ApiScope, ...]
    organisation: int | None
    valid_until: date


def blank() -> Form:
    values = dict.fromkeys(("naam", "bron", "organisatie"), "")
    return Form(values | {"geldig": months_after(today(), 12).isoformat(), FIELD: form_key()})


def read_key(sent: Mapping[str, str], organisations: Sequence[OrganisationName]) -> tuple[NewKey | None, Form]:
    """The key that is asked for, or nothing and what is wrong."""
    form = Form({name: sent[name] for name in ("naam", "bron", "organisatie", "geldig", *SCOPES) if name in sent})
    form.values[FIELD] = form_key(sent)
    name = form.text("naam", ApiKey.name.length, "Vul in waarvoor de sleutel is.")
    source = form.text("bron", ApiKey.source.length, "Vul in hoe het systeem heet.")
    if source and "bron" not in form.errors and not SHAPE.fullmatch(source):
        form.errors["bron"] = NOT_A_SOURCE
    if source in {BY_HAND, BY_FILE}:
        form.errors["bron"] = TAKEN_SOURCE
    scopes = tuple(scope for scope in SCOPES if form.values.get(scope))
    if not scopes:
        form.errors["rechten"] = "Kies ten minste één recht."
    code = form.text("organisatie", 3)
    organisation = next((each.id for each in organisations if each.code == code), None)
    if code and organisation is None:
        form.errors["organisatie"] = "Kies een organisatie uit de lijst."
    elif organisation is None and set(scopes) - {ApiScope.RESULTS_WRITE}:
        form.errors["organisatie"] = READS
    until = read_until(form.values.setdefault("geldig", ""), form.errors)
    if form.errors or until is None:
        return None, form
    return NewKey(name, source, scopes, organisation, until), form


async def make_key(request: PortalRequest, new: NewKey, form: str, *, by: int) -> str:
    """The secret, that nobody can see again; empty when this form made its key already."""
    secret = new_secret()
    async with transaction():
        if not await is_first(form):
            return ""
        key = ApiKey(
            name=new.name,
            source=new.source,
            prefix=secret[:SHOWN],
            key_hash=hash_token(secret),
            organisation=new.organisation,
            scopes=" ".join(new.scopes),
            created_by=by,
            created_at=now(),
            expires_at=end_of(new.valid_until),
        )
        await key.save()
        await record(request, "make_api_key", "api_key", key.id, organisation=new.organisation)
    return secret


async def find_working(access: Access, key: int) -> dict[str, Any]:
    """Raises NotFoundException for one that is revoked."""
    found = await find_key(access, key)
    if found is None or found["revoked_at"]:
        raise NotFoundException
    return found


async def revoke_key(request: PortalRequest, key: dict[str, Any]) -> None:
    """From the next call on it opens nothing. Revoked once more nothing changes."""
    async with transaction():
        own = (ApiKey.id == key["id"]) & ApiKey.revoked_at.is_null()
        if await ApiKey.update({ApiKey.revoked_at: now()}).where(own).returning(ApiKey.id):
            await record(request, "revoke_api_key", "api_key", key["id"], organisation=key["organisation"])
