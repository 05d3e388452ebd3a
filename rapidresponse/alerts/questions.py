"""What a sender is asked for a version, one question a page, and what may be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commons import i18n
from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.sites.models import PostureValue, Site, SitePlace
from commons.sites.service import current_posture
from rapidresponse.alerts.composer import Intent, heard, pack
from rapidresponse.alerts.models import VersionKind
from rapidresponse.alerts.versions import Chain

# What starts a chain; corrections and ends only ever follow one.
FIRST = ("T1", "T2", "T3", "T6", "T8", "T5", "T15")
POSTURE = "posture"
_SAID_FIRST = {
    "T1": "agents_at_entrance",
    "T2": "agents_inside",
    "T3": "agents_near",
    "T5": "records_asked",
    "T6": "somebody_held",
    "T8": "agents_on_the_way",
    "T15": "posture",
}
# A question about records has no agents who could still be there.
_NOBODY_THERE = ("still_there", "administrator_speaking")
_NOT_OVER = ("still_there", "not_over")


@dataclass(frozen=True)
class Question:
    """One choice out of a list; with a default it is asked only of those who want to change it."""

    name: str
    list: str
    choices: tuple[str, ...]
    default: str = ""


def questions(
    site: Site, type_: str, kind: VersionKind, chain: Chain | None = None
) -> tuple[Question, ...]:
    """Return what must be chosen for a version, in the order of its words."""
    if kind is VersionKind.ALERT:
        may_begin(type_)
    return tuple(_questions(site, Intent(type_, kind), chain))


def may_begin(type_: str) -> None:
    """Raise Invalid unless an alert may begin with this type."""
    if type_ not in FIRST:
        raise Invalid(_l("Choose what is happening."))


def _questions(site: Site, intent: Intent, chain: Chain | None) -> Iterator[Question]:
    said = chain.words if chain else {}
    for slot in pack().slots_to_fill(intent.pack_type, intent.kind.value, heard(intent)):
        if not (slot.asked or (slot.name == POSTURE and decides_posture(intent))):
            continue
        choices = _choices(site, intent, slot.name, slot.list, chain)
        default = slot.default
        if slot.name in ("place", "agency"):
            default = said.get(slot.name, default)
        if len(choices) == 1:
            default = choices[0]
        yield Question(slot.name, slot.list, choices, default if default in choices else "")


def decides_posture(intent: Intent) -> bool:
    """Return whether this version settles how the school runs from now on."""
    if intent.kind is VersionKind.ALL_CLEAR:
        return True
    if intent.type == "T2" and intent.kind is VersionKind.ALERT:
        # Staff are told how the school runs, and nothing else.
        return True
    return intent.type == "T15" and intent.kind in (VersionKind.ALERT, VersionKind.CORRECTION)


def _choices(
    site: Site, intent: Intent, name: str, list_name: str, chain: Chain | None
) -> tuple[str, ...]:
    every = pack().lists[list_name]
    if name == "place":
        own = SitePlace.select().where(SitePlace.site == site)
        keys = [row.key for row in own.order_by(SitePlace.position, SitePlace.id)]
        return tuple(key for key in keys if key in every) or every
    if name == "old":
        kinds = chain.kinds if chain else frozenset()
        ends = [kind.value for kind in VersionKind if kind in kinds and kind.value in every]
        return (*reversed(ends), _SAID_FIRST[intent.type])
    if name == "news" and intent.type == "T5":
        return tuple(key for key in every if key not in _NOBODY_THERE)
    if name == "new":
        return tuple(key for key in every if _fits(key, intent, chain))
    return every


def _fits(key: str, intent: Intent, chain: Chain | None) -> bool:
    ended = bool(chain and chain.kinds & {VersionKind.DEPARTED, VersionKind.ALL_CLEAR})
    if key in _NOT_OVER:
        return ended
    if intent.type == "T15":
        return key in ("posture_was_wrong", "sent_by_mistake")
    return key != "posture_was_wrong"


def settle(site: Site, intent: Intent, chain: Chain | None = None) -> dict[str, str]:
    """Return every word of a version, defaults filled in; raise Invalid for one not on offer."""
    words: dict[str, str] = {}
    for question in questions(site, intent.type, intent.kind, chain):
        chosen = intent.words.get(question.name) or question.default
        if chosen not in question.choices:
            raise Invalid(_l("One of the answers is missing. Go back and choose it."))
        words[question.name] = chosen
    words.setdefault(POSTURE, posture_of(site))
    return words


def unanswered(asked: tuple[Question, ...], answers: Mapping[str, str]) -> Question | None:
    """Return the first question that still needs an answer, or None."""
    for question in asked:
        if (answers.get(question.name) or question.default) not in question.choices:
            return question
    return None


def posture_of(site: Site) -> str:
    """Return how the school runs now; normal where nothing was decided."""
    newest = current_posture(site)
    return str((newest.value if newest else PostureValue.NORMAL).value)


def phrase(list_name: str, key: str) -> str:
    """Return a choice in words, in the language in force where the pack has it."""
    locale = i18n.current() if i18n.current() in pack().words else pack().fallback[0]
    return pack().phrase(list_name, key, locale)
