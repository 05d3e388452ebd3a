"""A feature puts links on a page below it, and the page shows them as they are."""

from flask import Flask

from commons.permissions import PUBLIC_VISITOR, Actor
from commons.web import links
from commons.web.links import Link


def test_links_come_in_the_order_in_which_features_offered_them() -> None:
    app = Flask("trial")
    links.offer(app, "site", lambda _actor, site: [Link(f"About {site}", "/about")])
    links.offer(app, "site", lambda _actor, _site: [Link("More", "/more", waiting=2)])
    with app.app_context():
        found = links.offered("site", PUBLIC_VISITOR, "Lincoln")
        assert [link.words for link in found] == ["About Lincoln", "More"]
        assert links.offered("person", PUBLIC_VISITOR, "Lincoln", "Ana") == []


def test_a_feature_may_show_a_link_to_some_and_not_to_others() -> None:
    def for_known(actor: Actor, _site: object) -> list[Link]:
        return [Link("Yours", "/yours")] if actor.known else []

    app = Flask("trial")
    links.offer(app, "roster", for_known)
    with app.app_context():
        assert links.offered("roster", PUBLIC_VISITOR, "Lincoln") == []
