"""The pages on which somebody reads the words of alerts and says that they are right."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.errors import Invalid, NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may
from commons.sites import service as sites
from commons.sites.models import Site, SiteState
from commons.web import links
from commons.web.acting import current_actor
from commons.web.links import Link
from commons.web.security import safe_next
from rapidresponse.alerts import settings
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.steps import audience_name, language_name
from rapidresponse.alerts.texts import faults, samples, service, standing
from rapidresponse.alerts.texts.forms import BackForm, OwnForm, ReviewForm
from rapidresponse.alerts.texts.relay_phrases import KEY as RELAY
from rapidresponse.alerts.texts.standing import Standing

blueprint = Blueprint("texts", __name__, url_prefix="/sites/<string:public_id>/alert-texts")
# The same pages for what counts at every site.
everywhere = Blueprint("texts_everywhere", __name__, url_prefix="/alert-texts")


def install(app: Flask) -> None:
    """Register the pages, and put links to them on a site's page and on home."""
    app.register_blueprint(blueprint)
    app.register_blueprint(everywhere)
    links.offer(app, "site", _on_site)
    links.offer(app, "home", _on_home)


def _on_site(actor: Actor, site: Site) -> list[Link]:
    if site.state != SiteState.OPEN or not may(actor, service.VIEW, site):
        return []
    return [Link(_("Words of alerts"), Place(site).url("index"))]


def _on_home(actor: Actor, _site: Site) -> list[Link]:
    if not may(actor, service.EVERYWHERE):
        return []
    return [Link(_("Words of alerts for every school"), Place(None).url("index"))]


@dataclass(frozen=True)
class Place:
    """A site, or all of them: where words count, and the addresses of its pages."""

    site: Site | None

    def url(self, page: str, **values: Any) -> str:
        """Return the address of one of these pages here."""
        if self.site is None:
            return url_for(f"texts_everywhere.{page}", **values)
        return url_for(f"texts.{page}", public_id=self.site.public_id, **values)

    def may(self, permission: str) -> bool:
        """Return whether the visitor may do this here."""
        if self.site is None:
            return permission == service.REVIEW and may(current_actor(), service.EVERYWHERE)
        return may(current_actor(), permission, self.site)


def load(public_id: str | None) -> Place:
    """Return the place if the visitor may see its words; raise NotFound to strangers."""
    site = sites.find(public_id) if public_id is not None else None
    service.may_read(current_actor(), site)
    if site is not None:
        g.timezone = site.timezone
    return Place(site)


def _page(name: str, place: Place, language: str = "", **values: Any) -> str:
    # Once for each reader: a page may name the same one beside every text.
    role = functools.cache(functools.partial(samples.role, site=place.site))
    return render_template(
        f"texts/{name}.html",
        place=place,
        site=place.site,
        language=language,
        language_name=language_name,
        title_of=samples.title,
        who=lambda reading: role(reading.by, everywhere=reading.everywhere),
        may_review=place.may(service.REVIEW),
        may_write=place.may(service.WRITE),
        **values,
    )


def _known(language: str) -> str:
    if language not in pack().words:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    return language


@blueprint.get("")
def index(public_id: str) -> str:
    """Show the languages that the site's people read, and how far their words are reviewed."""
    place = load(public_id)
    assert place.site is not None
    found = standing.tongues(place.site)
    return _page("index", place, tongues=found, demonstration=settings.demonstration())


@everywhere.get("", endpoint="index")
def every_language() -> str:
    """Show every language of the library."""
    place = load(None)
    found = standing.every_tongue()
    return _page("index", place, tongues=found, demonstration=settings.demonstration())


@blueprint.get("/<string:language>")
@everywhere.get("/<string:language>")
def show_language(language: str, public_id: str | None = None) -> str:
    """Show the texts of a language, those to families first, each with its state."""
    place = load(public_id)
    found = standing.standings(place.site, _known(language))
    open_ones = [one for one in found if one.families and one.reading is None]
    values = {"standings": found, "open_ones": open_ones, "audience_name": audience_name}
    return _page("language", place, language, **values)


@blueprint.get("/<string:language>/<string:key>")
@everywhere.get("/<string:language>/<string:key>")
def show_text(language: str, key: str, public_id: str | None = None) -> str:
    """Show a text as it arrives, with every choice of its gaps."""
    place = load(public_id)
    one = _standing(place, language, key)
    return _text(place, one, ReviewForm(formdata=None).show([one]))


@blueprint.post("/<string:language>/<string:key>/review")
@everywhere.post("/<string:language>/<string:key>/review")
def review_text(language: str, key: str, public_id: str | None = None) -> ResponseReturnValue:
    """Note that the visitor has read this text, and show the next that nobody has read."""
    place, form = load(public_id), ReviewForm()
    if form.validate_on_submit():
        hashes = {name: digest for name, digest in form.hashes().items() if name == key}
        try:
            service.review(
                current_actor(), place.site, language, hashes, reads=bool(form.reads.data)
            )
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            return _next(place, language, key)
    one = _standing(place, language, key)
    return _text(place, one, form.show([one])), 422


def _next(place: Place, language: str, key: str) -> ResponseReturnValue:
    flash(_("These words are reviewed."))
    found = standing.standings(place.site, language)
    keys = [one.key for one in found]
    after = keys.index(key) + 1 if key in keys else 0
    waiting = (one for one in (*found[after:], *found[:after]) if one.reading is None)
    following = next(waiting, None)
    if following is None:
        return redirect(place.url("show_language", language=language), 303)
    return redirect(place.url("show_text", language=language, key=following.key), 303)


def _standing(place: Place, language: str, key: str) -> Standing:
    found = standing.standing(place.site, language, key)
    if found is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    return found


def _text(place: Place, one: Standing, form: ReviewForm) -> str:
    has_own = place.site is not None and one.key != RELAY
    history = standing.versions(place.site, one.language, one.key) if has_own and place.site else []
    back = BackForm(formdata=None)
    back.after.data = str(one.number)
    return _page(
        "text",
        place,
        one.language,
        form=form,
        back_form=back,
        sample=samples.sample(one, place.site),
        phrases=samples.relay_phrases(one.language) if one.key == RELAY else [],
        history=[(row, samples.role(row.by, place.site)) for row in history],
        has_own=has_own,
    )


@blueprint.route("/<string:language>/review-families", methods=["GET", "POST"])
@everywhere.route("/<string:language>/review-families", methods=["GET", "POST"])
def review_families(language: str, public_id: str | None = None) -> ResponseReturnValue:
    """Show every text to families that nobody has read, with one tick for all of them."""
    place, form = load(public_id), ReviewForm()
    service.may_review(current_actor(), place.site)
    found = standing.standings(place.site, _known(language))
    waiting = [one for one in found if one.families and one.reading is None]
    if form.validate_on_submit():
        try:
            service.review(
                current_actor(), place.site, language, form.hashes(), reads=bool(form.reads.data)
            )
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            flash(_("These words are reviewed."))
            home = place.url("show_language", language=language)
            return redirect(safe_next(form.back.data, home), 303)
    form.show(waiting, safe_next(request.args.get("back"), ""))
    shown = [samples.sample(one, place.site) for one in waiting]
    gaps = {gap.name: gap for one in shown for gap in one.gaps if gap.choices}
    minutes = samples.minutes(language, shown)
    values = {"form": form, "samples": shown, "gaps": list(gaps.values()), "minutes": minutes}
    return _page("review_families", place, language, **values), 422 if form.errors else 200


@blueprint.route("/<string:language>/<string:key>/own", methods=["GET", "POST"])
def write_own(public_id: str, language: str, key: str) -> ResponseReturnValue:
    """Let a site write its own words: typed, shown in a bubble, kept."""
    place, form = load(public_id), OwnForm()
    service.may_write(current_actor(), place.site)
    library, one = service.library_text(language, key), _standing(place, language, key)
    shown = None
    if form.validate_on_submit():
        form.body.errors = faults.faults(library, form.typed())
        if not form.errors and request.form.get("step") == "use" and form.was_seen():
            return _keep(place, one, form)
        if not form.errors:
            form.note_seen()
            shown = samples.filled(service.with_words(library, form.typed()), place.site)
    elif not form.is_submitted():
        form.after.data = str(one.number)
        form.body.data = one.text.template if one.text is not None else ""
    values = {
        "form": form,
        "one": one,
        "shown": shown,
        "doubts": faults.doubts(library, form.typed()) if shown else [],
        "gaps": samples.gaps(faults.may_have(library), language, place.site),
        "must_stay": faults.must_stay(library),
        "line": faults.reply_line(library),
        "direction": pack().words[language].direction,
    }
    return _page("own", place, language, **values), 422 if form.errors else 200


def _keep(place: Place, one: Standing, form: OwnForm) -> ResponseReturnValue:
    assert place.site is not None
    service.write(
        current_actor(),
        place.site,
        one.language,
        one.key,
        form.typed(),
        after=form.number_before(),
        reads=bool(form.reads.data),
    )
    flash(_("These are the school's own words now."))
    return redirect(place.url("show_text", language=one.language, key=one.key), 303)


@blueprint.post("/<string:language>/<string:key>/library")
def back_to_library(public_id: str, language: str, key: str) -> ResponseReturnValue:
    """Let the library's words count again."""
    place, form = load(public_id), BackForm()
    assert place.site is not None
    if form.validate_on_submit():
        after = form.number_before()
        service.back_to_library(current_actor(), place.site, language, key, after=after)
        flash(_("The library's words count again."))
    return redirect(place.url("show_text", language=language, key=key), 303)
