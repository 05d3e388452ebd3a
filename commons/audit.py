"""Who did what to which thing, in append-only chains: one per site, one for the installation.

A link holds a salted commitment and never the words; the words lie beside it, sealed, and can
be deleted when their time is up without breaking the chain (SECURITY.md, I8 and I13 together).
Only acts of people are recorded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Protocol

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField

from commons import clock, crypto, fields
from commons.database import BaseModel, database, is_sqlite

INSTALLATION = "installation"
GENESIS = "0" * 64


class Acting(Protocol):
    """Whoever acts; `ref` names them without saying who they are."""

    @property
    def ref(self) -> str:
        """Return a reference such as `account:7h3…` or `console`."""


class AuditLink(BaseModel):
    """One link of a chain; the database refuses to change or delete it."""

    id = AutoField()
    chain = CharField(max_length=40)
    seq = BigIntegerField()
    at = fields.UTCDateTimeField()
    kind = CharField(max_length=60)
    commitment = CharField(max_length=64)
    previous = CharField(max_length=64)
    hash = CharField(max_length=64)

    class Meta:
        # Two writers that extend one chain at once: the second must fail, not fork it.
        indexes = ((("chain", "seq"), True),)


class AuditContent(BaseModel):
    """The words of a link, sealed; deleted when their days are over."""

    id = AutoField()
    public_id = fields.PublicIdField()
    link = ForeignKeyField(AuditLink, backref="contents", on_delete="RESTRICT", unique=True)
    at = fields.UTCDateTimeField(index=True)  # the purge looks here
    actor = CharField(max_length=60)
    subject = CharField(max_length=80, index=True)  # "who has touched this thing"
    content = fields.SealedField()


def record(
    actor: Acting,
    kind: str,
    subject: str,
    *,
    site: int | None = None,
    details: Mapping[str, object] | None = None,
) -> AuditLink:
    """Append one act to the site's chain, inside the caller's transaction.

    `subject` is `table:public_id`; `details` are sealed and must be JSON.
    """
    chain = INSTALLATION if site is None else f"site:{site}"
    _hold(chain)
    at = clock.now().replace(second=0, microsecond=0)
    salt = secrets.token_hex(16)
    content = json.dumps(
        {"salt": salt, "actor": actor.ref, "subject": subject, "details": dict(details or {})},
        sort_keys=True,
        default=str,
    )
    link = _append(chain, at, kind, hashlib.sha256(content.encode()).hexdigest())
    content_id = crypto.public_id()
    AuditContent.create(
        public_id=content_id,
        link=link,
        at=at,
        actor=actor.ref,
        subject=subject,
        **AuditContent.sealed(content_id, content=content),
    )
    return link


def _hold(chain: str) -> None:
    # SQLite's IMMEDIATE transaction already admits one writer; PostgreSQL needs a lock a chain.
    if not is_sqlite():
        number = int.from_bytes(hashlib.sha256(chain.encode()).digest()[:7], "big")
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (number,))


def _append(chain: str, at: dt.datetime, kind: str, commitment: str) -> AuditLink:
    last = (
        AuditLink.select(AuditLink.seq, AuditLink.hash)
        .where(AuditLink.chain == chain)
        .order_by(AuditLink.seq.desc())
        .first()
    )
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    return AuditLink.create(
        chain=chain,
        seq=seq,
        at=at,
        kind=kind,
        commitment=commitment,
        previous=previous,
        hash=_hash(chain, seq, at, kind, commitment, previous),
    )


def _hash(chain: str, seq: int, at: dt.datetime, kind: str, commitment: str, previous: str) -> str:
    text = "|".join((chain, str(seq), at.isoformat(), kind, commitment, previous))
    return hashlib.sha256(text.encode()).hexdigest()


def faults(chain: str) -> list[str]:
    """Return what does not hold in a chain: a gap, a changed link, or changed words."""
    found: list[str] = []
    seq, previous = 0, GENESIS
    for link in AuditLink.select().where(AuditLink.chain == chain).order_by(AuditLink.seq):
        seq += 1
        if link.seq != seq or link.previous != previous:
            found.append(f"{chain}: link {link.seq} does not follow the one before it")
        wanted = _hash(chain, link.seq, link.at, link.kind, link.commitment, link.previous)
        if link.hash != wanted:
            found.append(f"{chain}: link {link.seq} was changed")
        seq, previous = link.seq, link.hash
    return found + _content_faults(chain)


def _content_faults(chain: str) -> list[str]:
    found = []
    rows = AuditContent.select(AuditContent, AuditLink).join(AuditLink)
    for row in rows.where(AuditLink.chain == chain):
        if hashlib.sha256(row.reveal("content").encode()).hexdigest() != row.link.commitment:
            found.append(f"{chain}: the words of link {row.link.seq} were changed")
    return found


def chains() -> list[str]:
    """Return the names of all chains."""
    return [row.chain for row in AuditLink.select(AuditLink.chain).distinct()]
