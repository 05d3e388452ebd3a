"""From what a sender chose to the exact words for each audience and language.

Nothing is stored here: the same functions make the preview and what is sent.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from commons import i18n
from commons.messaging.outbox import Recipient
from commons.messaging.words import words as reply_words
from commons.sites.models import Site
from rapidresponse.alerts import notes
from rapidresponse.alerts.audience import (
    CORE,
    FAMILIES,
    NARROW,
    NEIGHBOURS,
    NOT_REVIEWED,
    ORDER,
    Gathering,
    Member,
    Missing,
)
from rapidresponse.alerts.models import Certainty, VersionKind
from rapidresponse.alerts.pack import Pack, Rendered, Text, load_pack
from rapidresponse.alerts.texts.current import current

# Above this the sender types the count, and a dispatcher or the district says yes.
MANY = 300
_SCHOOL = 90
# No vowels and no look-alikes: said aloud, a code is never a word.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_CHAIN_TYPES = {
    VersionKind.CORRECTION: "T10",
    VersionKind.DEPARTED: "T11",
    VersionKind.ALL_CLEAR: "T11",
}


@functools.cache
def pack() -> Pack:
    """Return the default pack, read and checked once."""
    return load_pack()


@dataclass(frozen=True)
class Intent:
    """What a sender chose; `seen` says that the sender saw it on site, and `seen_at` when.

    `verified` is the public id of a record that somebody else made, `break_glass` the reason why
    agents inside cannot wait for a second person. `stale` asks for the words that say: not
    confirmed over; `unanswered` for those that say: a second person has not decided.
    """

    type: str
    kind: VersionKind = VersionKind.ALERT
    words: Mapping[str, str] = field(default_factory=dict)
    audiences: tuple[str, ...] = (CORE,)
    seen: bool = False
    stale: bool = False
    note: str = ""  # the sender's own words, for everybody but families
    seen_at: dt.datetime | None = None
    verified: str = ""
    break_glass: str = ""
    unanswered: bool = False

    @property
    def pack_type(self) -> str:
        """Return the pack's type for this version: corrections and ends have their own."""
        return _CHAIN_TYPES.get(self.kind, self.type)

    @property
    def pack_kind(self) -> str:
        """Return the pack's word for what this version does."""
        if self.unanswered:
            return "unanswered"
        return "stale" if self.stale else self.kind.value


@dataclass(frozen=True)
class Draft:
    """A version as it would be sent: words, recipients, who is left out, and its hash."""

    intent: Intent
    certainty: Certainty
    texts: Mapping[tuple[str, str], Rendered]
    recipients: tuple[Recipient, ...]
    missing: tuple[Missing, ...]
    next_update_at: dt.datetime | None
    body_hash: str
    at: dt.datetime

    @property
    def count(self) -> int:
        """Return how many people would get it."""
        return len(self.recipients)

    @functools.cached_property
    def held(self) -> int:
        """Return how many of them wait for a second person's yes."""
        return sum(one.held for one in self.recipients)

    @property
    def wide(self) -> bool:
        """Return whether a school's own administrator cannot be the second person.

        More than three hundred people, or another school: a dispatcher or the district decides.
        """
        elsewhere = any(one.held and one.audience == NEIGHBOURS for one in self.recipients)
        return elsewhere or self.count > MANY

    @property
    def wants_count(self) -> bool:
        """Return whether the sender must type the number of people.

        Corrections and ends go to those who were reached before, so they never wait for it.
        """
        fixed = self.intent.kind in _CHAIN_TYPES
        return self.count > MANY and not fixed

    def languages(self, audience: str) -> Counter[str]:
        """Return how many people of an audience read each language, most read first."""
        found = Counter(one.language for one in self.recipients if one.audience == audience)
        return Counter(dict(found.most_common()))


def code_of(key: str) -> str:
    """Return the code that people say aloud, such as K72, which a sender's key leads to."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return f"{_LETTERS[number % len(_LETTERS)]}{10 + number // len(_LETTERS) % 90}"


def certainty_of(intent: Intent, so_far: Certainty = Certainty.UNVERIFIED) -> Certainty:
    """Return how sure we are: a decision of the school makes no claim that could be unsure."""
    decided = pack().types[intent.type].decision
    told = intent.seen or bool(intent.verified)
    if decided or told or so_far is Certainty.CONFIRMED:
        return Certainty.CONFIRMED
    return Certainty.UNVERIFIED


def barred(intent: Intent, certainty: Certainty, *, break_glass: bool = False) -> tuple[str, ...]:
    """Return the chosen audiences that may not hear this at this certainty (I1).

    `break_glass` says that the chain began with agents inside and could not wait.
    """
    broken = break_glass or bool(intent.break_glass)
    heard = functools.partial(
        pack().may_hear, intent.pack_type, certainty.value, break_glass=broken
    )
    return tuple(audience for audience in intent.audiences if not heard(audience))


def heard(intent: Intent) -> tuple[str, ...]:
    """Return everybody who may ever hear this, who is told most first."""
    one = pack().types[intent.pack_type]
    found = {*one.hears[Certainty.CONFIRMED.value], *one.break_glass}
    return tuple(audience for audience in ORDER if audience in found)


def write(
    site: Site,
    intent: Intent,
    gathering: Gathering,
    *,
    code: str,
    certainty: Certainty,
    at: dt.datetime,
    demonstration: bool,
    page: str = "",
) -> Draft:
    """Put a version into words for everybody in the gathering; `code` is such as K72.v1.

    `page` is the address of the public page, which stands below what families read.

    Families whose language nobody has reviewed are left out, unless this is the demonstration
    (I16). Raises PackFaults for a word that the pack does not have.
    """
    minutes = pack().types[intent.pack_type].kinds[intent.pack_kind].next_update
    due = at + dt.timedelta(minutes=minutes) if minutes else None
    wanted = sorted({(m.audience, m.language) for m in gathering.members})
    open_texts = current(pack(), site.id, intent.pack_type, intent.pack_kind, wanted)
    facts, texts = (code, certainty, at, due), {}
    for key in wanted:
        said = _render(site, intent, open_texts[key], key[1], facts, demonstration)
        texts[key] = _with_page(key[0], said, page)
    kept = {key: one for key, one in texts.items() if demonstration or _may_be_read(key[0], one)}
    members, unread = gathering.members, list[Member]()
    if len(kept) < len(texts):
        members = tuple(m for m in members if (m.audience, m.language) in kept)
        unread = [m for m in gathering.members if (m.audience, m.language) not in kept]
    recipients = _recipients(intent, members, gathering.reached)
    return Draft(
        intent=replace(intent, words=_chosen(intent)),
        certainty=certainty,
        texts=kept,
        recipients=recipients,
        missing=gathering.missing
        + tuple(Missing(m.person_id, m.audience, m.language, NOT_REVIEWED) for m in unread),
        next_update_at=due,
        body_hash=body_hash({key: one.text for key, one in kept.items()}, recipients),
        at=at,
    )


def body_hash(texts: Mapping[tuple[str, str], str], recipients: Iterable[Recipient]) -> str:
    """Return the hash of words and audience with all that is told of each, for an approval."""
    said = sorted([*key, text] for key, text in texts.items())
    found = hashlib.sha256(json.dumps(said).encode())
    # A column at a time, since words for each of ten thousand people take their time.
    for column in zip(*sorted(recipients), strict=True):
        numbers = not isinstance(column[0], str)
        found.update(array("q", column).tobytes() if numbers else " ".join(column).encode())
    return found.hexdigest()


def _render(
    site: Site,
    intent: Intent,
    texts: Sequence[Text],
    language: str,
    facts: tuple[str, Certainty, dt.datetime, dt.datetime | None],
    demonstration: bool,
) -> Rendered:
    code, certainty, at, due = facts
    locale = language if language in pack().words else pack().fallback[0]
    with i18n.use(locale):
        values = {
            "code": code,
            "school": site.name[:_SCHOOL],
            "status": certainty.value,
            "time": i18n.time_words(at, site.timezone),
            **_chosen(intent),
        }
        if due:
            values["next_update"] = i18n.time_words(due, site.timezone)
    rendered = pack().fill(texts, language, values)
    rendered = notes.below(rendered, intent.note, texts[0].audience)
    if not demonstration:
        return rendered
    said = [reply_words(one).say("demonstration") for one in rendered.locales]
    return replace(rendered, text="\n".join([*said, rendered.text]))


def _with_page(audience: str, rendered: Rendered, page: str) -> Rendered:
    if audience != FAMILIES or not page:
        return rendered
    said = " / ".join(reply_words(one).say("page_here") for one in rendered.locales)
    # On a line of its own: beside words that run from the right it would turn around.
    return replace(rendered, text=f"{rendered.text}\n{said}\n{page}")


def _chosen(intent: Intent) -> dict[str, str]:
    return {name: key for name, key in intent.words.items() if key and name in pack().slots}


def _may_be_read(audience: str, rendered: Rendered) -> bool:
    return audience != FAMILIES or rendered.reviewed


def _recipients(
    intent: Intent, members: Sequence[Member], reached: Mapping[int, str]
) -> tuple[Recipient, ...]:
    kind, counts = intent.pack_type, Counter([member.audience for member in members])
    second = _second(intent, counts)
    priority = {audience: pack().priority(kind, audience) for audience in counts}
    return tuple(
        [
            # Whoever was told before must hear at once how it goes on.
            Recipient(key, way, a, language, priority[a], a in second and key not in reached)
            for key, way, a, language in members
        ]
    )


def _second(intent: Intent, counts: Mapping[str, int]) -> set[str]:
    """Return the audiences that wait for a second person."""
    if intent.unanswered:
        return set()
    second = {a for a in ORDER if pack().needs(intent.pack_type, a) == "second_account"}
    at_once = [audience for audience in counts if audience not in second]
    if sum(counts[audience] for audience in at_once) > MANY and not intent.break_glass:
        second.update(audience for audience in at_once if audience not in NARROW)
    return second
