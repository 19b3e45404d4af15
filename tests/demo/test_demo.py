"""The demo world shows what there is to see."""

from collections import Counter
from typing import Any

from piccolo.querystring import QueryString

from app.candidates.status import Calendar
from app.clock import local, today
from app.names import fold, sort_key, words
from app.results.progress import notes, outcome
from app.tables import Organisation, State, User

ACCOUNTS = [
    "anna.smit",
    "beheerder",
    "bram.devries",
    "carla.jansen",
    "dirk.visser",
    "eva.bakker",
    "niels.los",
    "vera.meijer",
]


async def rows(sql: str) -> list[dict[str, Any]]:
    from app.piccolo_conf import DB

    return await DB.run_querystring(QueryString(sql))


async def of(code: str) -> list[dict[str, Any]]:
    return await rows(
        "SELECT enrolment.*, route.slug AS route_slug FROM enrolment JOIN route ON route.id = route"
        f" WHERE organisation = (SELECT id FROM organisation WHERE code = '{code}') ORDER BY sort_key, enrolment.id"
    )


async def test_accounts_and_organisations_have_the_key_that_they_are_sorted_by(demo_readonly: None) -> None:
    for person in await User.select():
        name = person["given_name"], person["name_particle"], person["family_name"]
        assert person["sort_key"] == sort_key(*name)
    for organisation in await Organisation.select():
        assert organisation["sort_key"] == fold(organisation["name"])


async def test_loading_it_twice_changes_nothing(demo: None) -> None:
    from app.demo import load_demo

    tables = ("portal_user", "organisation", "route", "step", "candidate", "enrolment", "paycode", "step_result")
    before = [await rows(f"SELECT count(*) AS n FROM {table}") for table in tables]
    await load_demo()
    assert [await rows(f"SELECT count(*) AS n FROM {table}") for table in tables] == before


async def test_organisations_are_as_large_as_they_should_be(demo_readonly: None) -> None:
    sizes = {code: len(await of(code)) for code in ("NWT", "ZPI", "DHK", "LVT", "HZS", "BRG", "VAK")}
    assert 115 <= sizes["NWT"] <= 130
    assert 25 <= sizes["ZPI"] <= 40
    assert 25 <= sizes["DHK"] <= 40
    assert (sizes["LVT"], sizes["BRG"]) == (1, 0)
    assert 2 <= sizes["VAK"] <= 10


async def test_the_large_one_has_every_status_and_every_outcome_on_every_route(demo_readonly: None) -> None:
    own = await of("NWT")
    calendar = Calendar(today())
    statuses = {calendar.status(State(row["state"]), row["valid_until"]) for row in own}
    assert statuses == {"niet-gestart", "lopend", "herkansing", "afgerond", "verloopt", "verlopen"}
    outcomes = {outcome(letter, row["valid_until"], today()) for row in own for letter in row["progress"]}
    assert outcomes == {None, "open", "ingepland", "geslaagd", "gezakt", "verlopen"}
    assert {row["route_slug"] for row in own} == {"co", "warmtepomp", "afleverset", "zonnestroom"}


async def test_states_have_about_their_shares(demo_readonly: None) -> None:
    own = await of("NWT")
    share = Counter(row["state"] for row in own)
    assert 0.13 <= share["not_started"] / len(own) <= 0.23
    assert 0.17 <= share["resit"] / len(own) <= 0.27
    assert 0.22 <= share["completed"] / len(own) <= 0.37
    assert share["renewing"] == 2
    assert share["renewed"] == 1


async def test_difficult_names_stand_where_a_dutch_list_has_them(demo_readonly: None) -> None:
    own = [row["family_name"] for row in await of("NWT")]
    order = ["Amrani", "Beek", "Ben Ali", "Cruz", "Hart", "IJzerman", "Nguyễn", "Ven-de Groot", "Wójcik", "Yılmaz"]
    assert [name for name in dict.fromkeys(own) if name in order] == order


async def test_candidates_are_found_by_what_people_type(demo_readonly: None) -> None:
    own = await of("NWT")
    for typed in ("van der meulen", "Meulen", "meulen sanne", "yilmaz", "Noel hart", "ijzerman", "in 't veld"):
        assert [row for row in own if all(word in row["search_text"] for word in words(typed))], typed
    jans = [row for row in own if all(word in row["search_text"] for word in words("jan de vries"))]
    assert len({row["candidate"] for row in jans if row["given_name"] == "Jan"}) == 2


async def test_the_manual_s_five_codes_are_all_that_its_organisation_has(demo_readonly: None) -> None:
    codes = await rows(
        "SELECT paycode.*, batch.number FROM paycode JOIN batch ON batch.id = batch"
        " WHERE paycode.organisation = (SELECT id FROM organisation WHERE code = 'VAK') ORDER BY code"
    )
    assert [row["code"] for row in codes] == sorted(
        ("EXZA8F5EXG5WU22J", "E2ZA8HG6PH5WSUSJ", "D8ZA8EFHSP5WU3TG", "45ZA8GU2C25WTG6Z", "DHZA8WJ27Z5WSD5C")
    )
    for row in codes:
        assert (row["number"], row["reference"], row["used_at"]) == ("3K2R1S", "Test", None)
        assert f"{local(row['created_at']):%d-%m-%Y %H:%M}" == "22-04-2022 10:49"
        assert f"{local(row['expires_at']):%d-%m-%Y %H:%M}" == "22-04-2023 10:49"


async def test_codes_are_in_every_state_in_about_their_shares(demo_readonly: None) -> None:
    codes = await rows("SELECT used_at, deactivated_at, expires_at > current_timestamp AS valid FROM paycode")
    used = sum(row["used_at"] is not None for row in codes) / len(codes)
    deactivated = sum(row["deactivated_at"] is not None for row in codes) / len(codes)
    waiting = [row for row in codes if row["used_at"] is None and row["deactivated_at"] is None]
    available = sum(bool(row["valid"]) for row in waiting) / len(codes)
    assert 0.35 <= used <= 0.50
    assert 0.35 <= available <= 0.50
    assert 0.06 <= deactivated <= 0.15
    assert 0.02 <= 1 - used - available - deactivated <= 0.12


async def test_a_batch_of_the_last_half_hour_of_the_year_is_there(demo_readonly: None) -> None:
    moments = await rows("SELECT created_at FROM batch UNION ALL SELECT enrolled_at FROM enrolment")
    late = [local(row["created_at"]) for row in moments if f"{local(row['created_at']):%d-%m %H:%M}" == "31-12 23:30"]
    assert len(late) == 2


async def test_links_end_and_come_back_in_every_way(demo_readonly: None) -> None:
    ended = await rows(
        "SELECT restored_at, organisation.code AS now_at FROM unlinking JOIN enrolment ON enrolment.id = enrolment"
        " LEFT JOIN organisation ON organisation.id = enrolment.organisation"
    )
    now_at = Counter(row["now_at"] for row in ended)
    assert now_at == {None: 3, "NWT": 1, "DHK": 1}
    assert sum(row["restored_at"] is not None for row in ended) == 1


async def test_somebody_s_code_was_paid_by_an_organisation_that_no_longer_sees_them(demo_readonly: None) -> None:
    assert await rows(
        "SELECT paycode.id FROM paycode JOIN enrolment ON enrolment.id = used_by"
        " WHERE enrolment.organisation IS NOT NULL AND enrolment.organisation <> paycode.organisation"
    )


async def test_somebody_is_on_two_routes_and_somebody_chose_no_profile(demo_readonly: None) -> None:
    own = await of("NWT")
    routes: dict[int, set[str]] = {}
    for row in own:
        routes.setdefault(row["candidate"], set()).add(row["route_slug"])
    assert [each for each in routes.values() if len(each) == 2]
    assert [row for row in own if row["profile"] is None]


async def test_a_plan_whose_day_went_by_waits_for_its_result(demo_readonly: None) -> None:
    late = [row for row in await of("NWT") if row["scheduled_on"] and row["scheduled_on"] < today()]
    assert len(late) == 1
    assert "s" in late[0]["progress"]


async def test_a_renewal_has_its_own_steps(demo_readonly: None) -> None:
    steps = await rows(
        "SELECT step.slug FROM step JOIN route ON route.id = route WHERE route.slug = 'co' ORDER BY step.position"
    )
    slugs = [row["slug"] for row in steps]
    renewal = next(row for row in await of("NWT") if row["kind"] == "renewal" and row["state"] == "running")
    own = [slug for slug, letter in zip(slugs, renewal["progress"], strict=True) if letter != "-"]
    assert own == ["aanmelding", "betaling", "theoriemodule", "theorie-examen", "bewijs"]


async def test_passed_at_the_second_attempt_is_passed(demo_readonly: None) -> None:
    attempts = set()
    for row in await of("NWT"):
        tests = list(zip(row["progress"], notes(row["progress_notes"]), strict=True))[2:]
        attempts |= {note[1] for letter, note in tests if note and letter in "pv"}
    assert 2 in attempts


async def test_everybody_signs_in_with_the_password_of_the_demo(demo_readonly: None) -> None:
    from app.account.passwords import verify

    users = await rows("SELECT username, password_hash FROM portal_user ORDER BY username")
    assert [row["username"] for row in users] == ACCOUNTS
    assert len({row["password_hash"] for row in users}) == len(ACCOUNTS)
    for row in users:
        assert await verify(row["password_hash"], "Merel!9bruggen")
