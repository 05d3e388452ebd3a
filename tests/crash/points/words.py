"""Scenarios of one press: an answer by somebody's own link, words read, words written."""

from __future__ import annotations

from collections.abc import Iterator

from commons.messaging import answer_links
from commons.messaging.models import Message
from rapidresponse.alerts.answers import calls, links
from rapidresponse.alerts.models import Acknowledgement, Alert, SiteText, TextReview
from rapidresponse.alerts.texts import service
from rapidresponse.alerts.texts.standing import standings
from tests import builders
from tests.crash.points.alerts import AboutAlerts
from tests.crash.points.decisions import audited
from tests.crash.points.scenarios import Scenario, scenario
from tests.crash.points.world import World, once_only

LANGUAGE, TEXT = "es", "T1.alert.A9"


@scenario("need help")
class NeedHelp(AboutAlerts):
    """Somebody asks for help by their link, and a person is called for exactly once."""

    def setup(self, world: World) -> None:
        super().setup(world)
        self.send(world)
        world.deliver()
        copy = Message.get(Message.person == self.school.teacher)
        self.token = answer_links.token(copy.id)

    def act(self, world: World) -> None:
        links.answer(self.token, "need_help")
        world.answered("recorded")

    def check(self, world: World) -> Iterator[str]:
        found = [row.person_id for row in Acknowledgement.select()]
        if found != [self.school.teacher.id]:
            yield f"{len(found)} answers are there instead of one"
        called = [call.person for call in calls.open_calls(Alert.get())]
        if called != [self.school.teacher.public_id]:
            yield f"{len(called)} people are called for instead of one"


class AboutWords(Scenario):
    """A school lead who reads Spanish."""

    def setup(self, world: World) -> None:
        cast = builders.Cast.make()
        self.site, self.by = cast.lincoln, builders.actor(cast.rosa)


@scenario("review")
class Review(AboutWords):
    """Words that were read count as read, all that were shown or none."""

    def setup(self, world: World) -> None:
        super().setup(world)
        mine = [one for one in standings(self.site, LANGUAGE) if one.families][:3]
        self.shown = {one.key: one.digest for one in mine}

    def act(self, world: World) -> None:
        service.review(self.by, self.site, LANGUAGE, self.shown, reads=True)
        world.answered("reviewed")

    def check(self, world: World) -> Iterator[str]:
        yield from audited("texts.reviewed")
        found = sorted(row.key for row in TextReview.select())
        if found != sorted(self.shown):
            yield f"{found} were read"


@scenario("own words")
class OwnWords(AboutWords):
    """A school's own words are there once, and with them that their writer has read them."""

    def act(self, world: World) -> None:
        library = service.library_text(LANGUAGE, TEXT).template
        body = library.replace("la escuela", "nuestra escuela", 1)
        with once_only():
            service.write(self.by, self.site, LANGUAGE, TEXT, body, after=0, reads=True)
        world.answered("written")

    def check(self, world: World) -> Iterator[str]:
        yield from audited("text.written")
        yield from audited("texts.reviewed")
        kept = (SiteText.select().count(), TextReview.select().count())
        if kept != (1, 1):
            yield f"{kept[0]} versions are there, and {kept[1]} are read"
