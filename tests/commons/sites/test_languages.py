"""The languages of a site: English always, in the product's order."""

import pytest

from commons.errors import Conflict, Forbidden, Invalid
from commons.sites import languages
from commons.sites.models import Site
from tests.builders import Cast, actor


def test_english_stays_and_comes_first(cast: Cast) -> None:
    assert languages.choose(actor(cast.rosa), cast.lincoln, ["ko", "es"]) == ["en", "es", "ko"]
    site = Site.get_by_id(cast.lincoln.id)
    assert site.languages == "en es ko"
    assert languages.of(site) == ["en", "es", "ko"]
    assert languages.choose(actor(cast.rosa), site, []) == ["en"]


def test_a_language_that_we_do_not_have_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        languages.choose(actor(cast.rosa), cast.lincoln, ["tlh"])


def test_two_who_choose_at_once_are_told(cast: Cast) -> None:
    languages.choose(actor(cast.rosa), cast.lincoln, ["ko"])
    with pytest.raises(Conflict):
        languages.choose(actor(cast.mara), cast.lincoln, ["es"])


def test_the_front_desk_may_not(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        languages.choose(actor(cast.dev), cast.lincoln, ["ko"])
