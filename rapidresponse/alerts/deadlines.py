"""What falls due after a version: the promised next word, and *not confirmed over*.

Each is a timer set with the version itself. None of them ever ends an alert: only a person can
say that it is over (I10).
"""

from __future__ import annotations

import datetime as dt

from peewee import IntegrityError

from commons import i18n
from commons.accounts.models import Account
from commons.database import transaction
from commons.messaging import outbox, timers
from commons.messaging.models import Topic
from commons.messaging.words import words
from commons.sites.models import Site
from rapidresponse.alerts import settings
from rapidresponse.alerts.audience import CORE, gather, reached_by
from rapidresponse.alerts.composer import Draft, Intent, pack, write
from rapidresponse.alerts.models import Alert, AlertState, AlertVersion
from rapidresponse.alerts.questions import POSTURE, posture_of

STALE, NAG, LATE = "alerts.stale", "alerts.nag", "alerts.late"
# What is said to the core about a version, beside the version itself.
STALE_WORDS, NAG_WORDS, LATE_WORDS = "alert-stale", "alert-nag", "alert-late"
ASIDE = (STALE_WORDS, NAG_WORDS, LATE_WORDS)
# So long before the promised time its sender is reminded (research AL5).
AHEAD = dt.timedelta(minutes=2)


def after(alert: Alert, version: AlertVersion) -> list[timers.Due]:
    """Return what falls due after a version; whoever writes it sets these with it."""
    due = version.next_update_at
    if due is None:
        return []
    stale = version.sent_at + dt.timedelta(minutes=minutes_until_stale(alert, version))
    found = ((STALE, stale), (NAG, due - AHEAD), (LATE, due))
    return [timers.Due(kind, version.public_id, at) for kind, at in found]


def minutes_until_stale(alert: Alert, version: AlertVersion) -> int:
    """Return after how many minutes without a newer version an alert counts as stale."""
    return pack().types[alert.type].stale[version.certainty.value]


def nag(public_id: str, _now: dt.datetime) -> None:
    """Remind whoever promised the next word that it is nearly time."""
    version = _unfollowed(public_id)
    if version is None:
        return
    account = Account.get_or_none(Account.public_id == version.sent_by.partition(":")[2])
    if account is None or account.person is None:
        tell_core(version, f"{NAG_WORDS}:{public_id}", "nag")
    else:
        outbox.say(account.person, say(version, "nag", account.person.language), NAG_WORDS)


def call_late(public_id: str, _now: dt.datetime) -> None:
    """Tell the whole core that the promised word has not come, so that anybody may send it."""
    version = _unfollowed(public_id)
    if version is not None:
        tell_core(version, f"{LATE_WORDS}:{public_id}", "late")


def call_stale(public_id: str, _now: dt.datetime) -> None:
    """Tell the core once that nobody has confirmed that this is over.

    It goes to those of the core whom the chain has reached, so that the next version reaches
    everybody who got it.
    """
    version = _unfollowed(public_id)
    if version is not None:
        draft = _stale_draft(version.alert, version)
        texts = {key: rendered.text for key, rendered in draft.texts.items()}
        _queue(f"{STALE_WORDS}:{version.public_id}", version, texts, draft.recipients)


ACTS: dict[str, timers.Act] = {STALE: call_stale, NAG: nag, LATE: call_late}


def tell_core(version: AlertVersion, subject: str, phrase: str) -> None:
    """Send a phrase about an alert to those of the core whom it has reached, once a subject."""
    draft = _stale_draft(version.alert, version)
    texts = {
        (audience, language): say(version, phrase, language) for audience, language in draft.texts
    }
    _queue(subject, version, texts, draft.recipients)


def say(version: AlertVersion, phrase: str, language: str) -> str:
    """Return a phrase about an alert in a language; `time` is that of the promised next word."""
    said, site = words(language), version.alert.site
    with i18n.use(said.locale):
        due = version.next_update_at
        time = i18n.time_words(due, site.timezone) if due else ""
    lines = [said.say("demonstration")] if settings.demonstration() else []
    lines.append(said.say(phrase, code=version.alert.code, school=site.name, time=time))
    return "\n".join(lines)


def _unfollowed(public_id: str) -> AlertVersion | None:
    """Return a version with its alert and site while it is the newest of an alert still open."""
    version: AlertVersion | None = (
        AlertVersion.select(AlertVersion, Alert, Site)
        .join(Alert)
        .join(Site)
        .where(AlertVersion.public_id == public_id, Alert.state != AlertState.CLOSED)
        .first()
    )
    if version is None or _followed(version):
        return None
    return version


def _followed(version: AlertVersion) -> bool:
    newer = AlertVersion.select().where(
        AlertVersion.alert == version.alert_id, AlertVersion.number > version.number
    )
    return bool(newer.exists())


def _queue(
    subject: str,
    version: AlertVersion,
    texts: dict[tuple[str, str], str],
    recipients: tuple[outbox.Recipient, ...],
) -> None:
    if not recipients or Topic.select().where(Topic.subject == subject).exists():
        return
    try:
        with transaction():
            outbox.enqueue(subject, version.alert.site_id, texts, recipients)
    except IntegrityError:
        return  # another relay asked at the same moment


def _stale_draft(alert: Alert, latest: AlertVersion) -> Draft:
    core = {p: a for p, a in reached_by(alert).items() if a == CORE}
    intent = Intent(alert.type, words={POSTURE: posture_of(alert.site)}, stale=True)
    return write(
        alert.site,
        intent,
        gather(alert.site, (), core),
        code=f"{alert.code}.v{latest.number}",
        certainty=latest.certainty,
        at=latest.sent_at,
        demonstration=settings.demonstration(),
    )
