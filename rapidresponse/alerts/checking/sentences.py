"""What the sender is told: one sentence for each rule, with the words to use instead."""

from __future__ import annotations

from typing import Any

from commons.i18n import lazy_gettext as _l

SENTENCES = {
    "person": _l(
        "Leave out who it is about: no name, and no family of anybody. Say “one person” or"
        " “staff” instead."
    ),
    "badge": _l(
        "Leave out the number on a badge or a car. Write it on the incident's page, where only"
        " those who check it can see it."
    ),
    "action": _l(
        "This could be read as asking people to hide, to stand in the way, or to come, leave or"
        " stay home. Say what the school is doing, and what people may calmly do."
    ),
    "agency": _l("Say “agents” until the agency is confirmed."),
    "agency_families": _l(
        "Families are never told which agency it is. Say “law officers” instead."
    ),
    "alarm": _l("This word frightens more than it tells. Say what was seen in plain words."),
    "alarm_families": _l(
        "This word would frighten families. Say what the school is doing in plain words."
    ),
    "where": _l(
        "Families are never told where agents are or where they go. Say what the school is doing."
    ),
    "vehicle": _l("Families are never told about vehicles. Say what the school is doing."),
    "over": _l(
        "Only an all-clear says that it is over or that people are safe. If it is, send the"
        " all-clear; if not, say what the school is doing."
    ),
    "drill": _l(
        "Leave out whether this is a drill or real: the first word of the message says so already."
    ),
    "warrant": _l(
        "Only counsel judges a paper. Say that the agents showed one and that counsel is reading"
        " it."
    ),
    "certain": _l(
        "This alert is not confirmed yet. Say what was seen and by how many, or confirm it first."
    ),
    "format": _l(
        "Use plain words and full stops only: no brackets, stars, tags or @ before a word."
    ),
    "long": _l("This is too long to be read in a hurry. Keep the one thing people must know."),
    "empty": _l("Write one sentence, or leave the note out."),
    "caps": _l("Capital letters sound like shouting. Small letters are read faster."),
    "exclaim": _l("Exclamation marks add alarm. A full stop is enough."),
    "rumour": _l(
        "This sounds like something that was passed on. Say only what somebody at the school saw."
    ),
    "fear": _l("This word may frighten families. Say what the school is doing instead."),
    "abbreviation": _l("Not everybody knows this abbreviation. Write it out."),
    "hard": _l("This sentence is long. Two short ones are easier to understand."),
}


def sentence_for(rule: str, families: bool) -> Any:
    """Return the sentence for a rule, lazily translated."""
    own = f"{rule}_families"
    return SENTENCES[own if families and own in SENTENCES else rule]
