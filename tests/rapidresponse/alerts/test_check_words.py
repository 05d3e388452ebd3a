"""What the message check says of single texts: disguises, circumstances, warnings, templates."""

import pytest

from rapidresponse.alerts.check import Verdict, check, check_template, refused


def rules(text: str, audience: str = "A2", certainty: str = "likely", *, named: bool = False,
          exercise: bool = False) -> set[str]:  # fmt: skip
    found = check(text, audience=audience, certainty=certainty, agency_confirmed=named,
                  exercise=exercise)  # fmt: skip
    return {o.rule for o in found}


@pytest.mark.parametrize(
    "text",
    ["ice is here", "I.C.E. is here", "i c e is here", "I-C-E is here", "1CE is here",
     "ＩＣＥ is here", "I\u200bC\u200bE is here", "ІCЕ is here", "iceeee is here", "IC3 is here",
     "Íćé is here", "I\nC\nE is here", "la m1gr4 is here", "La  Migra está aquí",
     "L.A. M.I.G.R.A. está aquí", "imigrasion está aquí", "Border\u00a0Patrol is here",
     "I_C_E is here", "i/c/e is here", "iCe are here", "ICE, afuera", "b0rder patrol is here"],
)  # fmt: skip
def test_an_agency_in_disguise_is_seen(text: str) -> None:
    assert "agency" in rules(text)


@pytest.mark.parametrize(
    "text",
    ["h1de the kids", "H.I.D.E. the kids", "hiiiide the kids", "ＨＩＤＥ the kids",
     "bl0ck the gate", "b1ock the gate", "3scondan a los niños", "e s c o n d a n los libros",
     "bloqueeen la puerta", "Bløck the gate, hіde", "corr4n ya", "run n0w"],
)  # fmt: skip
def test_a_call_in_disguise_is_seen(text: str) -> None:
    assert "action" in rules(text)


@pytest.mark.parametrize(
    "text",
    ["Ice cream at noon.", "Put ice on the knee.", "The ice machine broke.", "Watch the black ice.",
     "Hay hielo en la cafetería.", "An immigration lawyer is here on Tuesday."],
)  # fmt: skip
def test_ordinary_ice_is_no_agency(text: str) -> None:
    assert "agency" not in rules(text)


def test_an_agency_may_be_named_once_it_is_confirmed_and_never_to_families() -> None:
    assert "agency" in rules("ICE is at the door.")
    assert "agency" not in rules("ICE is at the door.", named=True)
    assert "agency" in rules("ICE came today.", "A9", "confirmed", named=True)


def test_only_families_are_not_told_where_agents_are_and_what_they_drive() -> None:
    text = "Agents in a white van are at the side gate."
    assert rules(text) == set()
    assert {"where", "vehicle"} <= rules(text, "A9")


def test_a_raid_is_doubted_for_staff_and_refused_for_families() -> None:
    text = "It looks like a raid."
    assert not refused(check(text, audience="A2", certainty="likely", agency_confirmed=False))
    assert refused(check(text, audience="A9", certainty="likely", agency_confirmed=False))


def test_confirmed_is_said_only_of_what_is_confirmed() -> None:
    assert "certain" in rules("It is confirmed, two agents.")
    assert "certain" not in rules("It is confirmed, two agents.", certainty="confirmed")
    assert "certain" not in rules("It is not confirmed yet.")


def test_an_exercise_may_be_called_a_drill_and_nothing_ever_not_a_drill() -> None:
    assert "drill" in rules("This is only a drill.")
    assert "drill" not in rules("This is only a drill.", exercise=True)
    assert "drill" in rules("This is not a drill.", exercise=True)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("EVERYBODY LISTEN PLEASE", "caps"),
        ("Please hurry!! Now!", "exclaim"),
        ("Apparently two men are at the gate.", "rumour"),
        ("Dicen que hay agentes.", "rumour"),
        ("The SRO is at the gate.", "abbreviation"),
        ("Two people came in and asked for a list and the clerk said that they had to wait and so"
         " they sat down and now we all wait for counsel.", "hard"),
    ],
)  # fmt: skip
def test_what_could_be_better_is_doubted_and_may_go(text: str, rule: str) -> None:
    found = check(text, audience="A2", certainty="likely", agency_confirmed=False)
    assert rule in {o.rule for o in found}
    assert not refused(found)


def test_refusals_come_first_and_name_the_stretch() -> None:
    found = check("Wow!! ICE is here", audience="A2", certainty="likely", agency_confirmed=False)
    assert [(o.rule, o.verdict) for o in found] == [
        ("agency", Verdict.REFUSE), ("exclaim", Verdict.WARN)]  # fmt: skip
    assert found[0].text == "ICE"


@pytest.mark.parametrize(
    "template",
    ["{time}: the school follows its plan. {posture_family}",
     "La escuela sigue su plan. {next_update}"],
)  # fmt: skip
def test_slots_count_as_neutral_words(template: str) -> None:
    assert check_template(template, audience="A9", longest=300) == ()


@pytest.mark.parametrize(
    "template",
    ["{time!r} ok", "{0} ok", "{} ok", "{time:>9} ok", "{time.__class__} ok", "{time[0]} ok",
     "{{time}} ok", "{time ok", "{% raw %}", "%(time)s ok", "{Time} ok"],
)  # fmt: skip
def test_any_other_way_to_write_a_slot_is_refused(template: str) -> None:
    assert "format" in {o.rule for o in check_template(template, audience="A2", longest=300)}


def test_only_the_closing_texts_of_an_alert_may_speak_of_the_end() -> None:
    text = "{time}: this is over. A person at the school confirmed it."
    assert refused(check_template(text, audience="A9", longest=300))
    assert check_template(text, audience="A9", longest=300, kind="all_clear") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Bring a coat so nobody gets wet.",
        "Water is on the table so they can drink.",
        "The bus took our students to the museum.",
        "Take the children out to recess at 10.",
        "Send the students out to bus 4 in pairs.",
        "The children were picked up by bus 7.",
        "We need you at the front desk until noon.",
        "Kindergarten has pretend play at one.",
        "A child may come with his or her parent.",
        "The police talk about bike safety is at the school on Friday.",
        "Los carros no pueden pasar por la calle Pino.",
        "Los alumnos pueden salir al patio a las 10.",
        "Los niños subieron al autobús.",
        "Traigan solo una hoja y un lápiz.",
        "Cierren la ventana para que nadie pase frío.",
        "Una alumna perdió su suéter azul.",
    ],
)
@pytest.mark.parametrize("audience", ["A2", "A9"])
def test_the_words_of_an_ordinary_day_pass(text: str, audience: str) -> None:
    assert rules(text, audience) == set()
