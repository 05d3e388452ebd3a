"""Everything the product does, once, with names, numbers and words that can be found again.

A new feature adds what it does to `ACTS`. `empty` says which personal column none of it filled.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
from argon2 import PasswordHasher
from flask import Flask

from app import ENGINE, REPLY_HANDLERS
from commons import clock, retention
from commons.accounts import freezing, invitations, passwords, proposals
from commons.accounts.models import Account
from commons.accounts.own_data import erasing
from commons.database import all_models, connection
from commons.messaging import receiver
from commons.messaging.models import Message, MessageState, RelayAccount
from commons.messaging.simulator import Simulator
from commons.permissions import CONSOLE, RELAY, Role
from commons.retention import inventory
from commons.roster.models import Consent, Person, RosterEntry, SlotKind
from commons.roster.trust import service as trust
from commons.settings import Settings
from rapidresponse.alerts import watches
from tests import builders
from tests.commons.accounts.by_signal.pages import begin, code_of, go_on, number_of
from tests.commons.accounts.own_data.life import live
from tests.commons.messaging.conftest import Hook, Post
from tests.commons.roster.test_routes import upload
from tests.gates.spellings import find
from tests.gates.told import an_alert_told
from tests.page import ADDRESS, Browser
from tests.rapidresponse.alerts.answers.test_links import link
from tests.rapidresponse.alerts.public_page.test_public_page import path
from tests.rapidresponse.alerts.school import School, first, pass_time, put

FAMILY, STAFF, GUEST = "Zenobia Quetzalcoatl", "Xiomara Kestrelwood", "Guadalupe Tamarindo"
IMPORTED, ERASED = "Philomena Sandpiper", "Ulises Cormorant"
NUMBERS = {FAMILY: "+18055550177", GUEST: "+18055550178", IMPORTED: "+18055550176",
           ERASED: "+18055550175"}  # fmt: skip
SIGN_IN_NAME, PASSWORD, SECOND_WORD = "kestrelwood@x.example", "violin harbor umbrella plum", "tram"
SOURCE, REPLY, REASON = "the heron flies at nine", "osprey asks about lunch", "plover wanted a call"
HELD = "subpoena of the grebe docket"
NOTE, AFTERWARDS = "Bring the lapwing radios to the office", "Ask the bittern desk first"
# Where everybody comes from, and with what: neither is anywhere afterwards.
NETWORK, DEVICE = "203.0.113.177", "PelicanBrowser"
NAMES = (FAMILY, STAFF, GUEST, IMPORTED, ERASED)
WORDS = (SOURCE, REPLY, REASON, HELD, NOTE, AFTERWARDS, SIGN_IN_NAME)
CANARIES = (*NAMES, *NUMBERS.values(), *WORDS, NETWORK, DEVICE)
GIVEN = {"handlers": REPLY_HANDLERS, "may_begin": ENGINE.may_begin}


@dataclasses.dataclass
class Run:
    """The school in which it happens, and what it happens with."""

    app: Flask
    post: Post
    cast: builders.Cast
    school: School
    guest: Browser  # the phone of the family that joined, signed in
    links: list[str] = dataclasses.field(default_factory=list)  # what opens without signing in

    def come(self) -> Browser:
        """Return a new browser, from a network and with a name that can be found again."""
        browser = Browser(self.app)
        browser.client.environ_base |= {"REMOTE_ADDR": NETWORK, "HTTP_USER_AGENT": f"{DEVICE}/7"}
        return browser

    def sign_in(self, who: str) -> Browser:
        browser = self.come()
        browser.sign_in(getattr(self.cast, who))
        return browser

    def relay(self) -> None:
        """Send what waits, and take in what came back."""
        self.post.deliver(**GIVEN)
        self.post.wait_for_receipts(**GIVEN)

    def say(self, number: str, *texts: str) -> None:
        for text in texts:
            self.post.simulator.people.say(number, text)
            assert self.post.simulator.drain()
            self.relay()

    @property
    def roster(self) -> str:
        return f"/sites/{self.cast.lincoln.public_id}/roster"


def person_named(name: str) -> Person:
    return next(one for one in Person.select() if one.reveal("name") == name)


def roster_by_hand_and_from_a_file(run: Run) -> None:
    rosa = run.sign_in("rosa")
    form = rosa.get(f"{run.roster}/new-person").form("new-person")
    form.submit(name=FAMILY, number=NUMBERS[FAMILY], language="es", group="family")
    page = rosa.get(f"{run.roster}/people/{person_named(FAMILY).public_id}")
    page = page.form("/consent").submit(source=SOURCE)
    assert Consent.select().where(Consent.state == "given").exists()
    page.form("/number").submit(reason=REASON)
    table = f"name,phone,language,group\n{IMPORTED},{NUMBERS[IMPORTED]},en,staff\n"
    preview = upload(rosa, rosa.get(f"{run.roster}/import"), table.encode())
    assert "1 new" in upload(rosa, preview, table.encode()).words


def staff_with_password_code_and_second_word(run: Run) -> None:
    invited = invitations.invite(
        builders.actor(run.cast.mara), sign_in_name=SIGN_IN_NAME, name=STAFF,
        role=Role.COUNSELOR, site=run.cast.lincoln,
    )  # fmt: skip
    assert invited.proposal is not None
    proposals.confirm(builders.actor(run.cast.dana), invited.proposal.public_id)
    browser = run.come()
    page = browser.get(f"/sign-in/{invited.token}").form("/sign-in").submit()
    page = page.form("set-up").submit(password=PASSWORD, again=PASSWORD)
    secret = next(e.text for e in page.root.iter("bdi") if e.get("id") == "key")
    page = page.form("set-up").submit(code=pyotp.TOTP(secret).at(clock.now()))
    assert page.path == "/home"
    account = next(one for one in Account.select() if one.reveal("name") == STAFF)
    freezing.set_word(builders.actor(account), account, SECOND_WORD * 3)
    form = run.come().get("/sign-in").form("/sign-in")
    form.submit(sign_in_name=SIGN_IN_NAME, password=SECOND_WORD * 3, code="123456")
    assert freezing.is_frozen(Account.get_by_id(account.id))


def joining_and_signing_in_by_signal(run: Run) -> None:
    code = builders.an_invite(run.cast.lincoln).reveal("code")
    found = run.guest.get(f"/join/{code}").form("/join").submit(name=GUEST, language="es")
    run.say(NUMBERS[GUEST], code_of(found), number_of(found))
    go_on(run.guest, found)
    run.sign_in("rosa").get("/home").follow("See who").form("/admit").submit()
    run.guest = run.come()
    found = begin(run.guest)
    run.say(NUMBERS[GUEST], code_of(found), number_of(found))
    assert go_on(run.guest, found).heading == "Lincoln Elementary"
    assert GUEST in run.guest.get("/own-data").text


def an_alert_with_approval_and_answers(run: Run) -> None:
    # A role that must answer is waited for, so that somebody has to fill it.
    builders.a_person(run.cast.lincoln, slot=SlotKind.SCHOOL_ADMINISTRATOR)
    page = run.sign_in("rosa").get("/home").follow("Something is happening")
    page = page.follow("Agents at the entrance").follow("Main entrance")
    page = page.follow("core, staff and families").form("/alerts/new").submit()
    # Before the relay, which knows no timers here and would put them off.
    pass_time(clock.now() + watches.FIRST)
    run.relay()
    run.sign_in("mara").get("/home").follow("Say yes or no").form("/approve").submit()
    run.relay()
    run.say(NUMBERS[FAMILY], "1", REPLY)
    run.say(builders.number_of(run.school.garcia), "ALTO")
    assert REPLY in page.browser.get(page.path).text


def an_alert_that_could_not_wait(run: Run) -> None:
    alert = an_alert_told(run.school, NOTE)
    run.links += [path(alert, "es"), path(alert, "ko")]
    copies = Message.select().where(Message.topic == first(alert).topic_id)
    run.links += [link(copy) for copy in copies if copy.person_id is not None]
    there, mara = f"/alerts/{alert.public_id}", run.sign_in("mara")
    mara.get(f"{there}/review").form("review").submit(verdict="wrong", words=AFTERWARDS)
    lost = person_named(FAMILY)
    put(first(alert), lost, MessageState.FAILED, "unregistered")
    calls = run.sign_in("rosa").get(f"{there}/call-list")
    shown = calls.form(f"{lost.public_id}/show").submit()
    assert find([NUMBERS[FAMILY]], shown.text.encode())
    shown.form(f"{lost.public_id}/told").submit()
    saved = shown.browser.get(there).form("/record").submit()
    assert find(CANARIES, saved.text.encode()) == []


def own_data_as_a_file(run: Run) -> None:
    assert NUMBERS[GUEST][-4:] in run.guest.get("/own-data/file").text


def a_roster_that_is_taken_away(run: Run) -> None:
    rosa = run.sign_in("rosa")
    rosa.get(f"{run.roster}/exports").form("/exports").submit()
    run.sign_in("mara").get(f"{run.roster}/exports").form("/allow").submit()
    form = rosa.get(f"{run.roster}/exports").form("/passphrase").submit().form("/take")
    assert rosa.client.post(form.action, data=form.values, base_url=ADDRESS).status_code == 200


def looking_a_number_up(run: Run) -> None:
    form = run.sign_in("rosa").get(f"{run.roster}/look-up").form("/look-up")
    assert "The number is on the roster." in form.submit(number=NUMBERS[FAMILY]).words


def words_given_and_reviewed(run: Run) -> None:
    trust.freeze(builders.actor(run.cast.rosa), run.cast.lincoln, person_named(GUEST))


def leaving_and_being_erased(run: Run) -> None:
    site = run.cast.lincoln
    leaves = builders.a_person(site, name="Lorenzo Example", number="+18055550174")
    page = run.sign_in("rosa").get(f"{run.roster}/people/{leaves.public_id}")
    page.follow("They leave").form("off-boarding").submit()
    assert RosterEntry.get(RosterEntry.person == leaves).until is not None
    erased = live(run.cast, ERASED, NUMBERS[ERASED], SOURCE)
    erasing.erase(RELAY, erased.person)


def a_hold(run: Run) -> None:
    retention.place_hold(CONSOLE, "site:another", HELD)


def what_has_a_row_in_every_table(run: Run) -> None:
    live(run.cast, "Olga Otherwise", "+18055550188", SOURCE)


def trouble_with_signal(run: Run) -> None:
    # What only a gateway in trouble leaves behind: a challenge, and an envelope nobody has read.
    row = RelayAccount.get()
    RelayAccount.update(**RelayAccount.sealed(row.public_id, challenge=REASON)).execute()
    run.post.simulator.people.say(NUMBERS[FAMILY], REPLY)
    assert run.post.simulator.drain()
    receiver.store({"envelope": {"sourceNumber": NUMBERS[FAMILY], "sourceName": FAMILY}})


ACTS: tuple[Callable[[Run], None], ...] = (
    roster_by_hand_and_from_a_file,
    staff_with_password_code_and_second_word,
    joining_and_signing_in_by_signal,
    an_alert_with_approval_and_answers,
    an_alert_that_could_not_wait,
    own_data_as_a_file,
    a_roster_that_is_taken_away,
    looking_a_number_up,
    words_given_and_reviewed,
    leaving_and_being_erased,
    a_hold,
    what_has_a_row_in_every_table,
    trouble_with_signal,
)


@contextlib.contextmanager
def whole_run(app: Flask, settings: Settings, folder: Path) -> Iterator[Run]:
    """Do everything in the database that is open; what it says goes to files in the folder."""
    log = logging.FileHandler(folder / "farolito.log")
    root, before = logging.getLogger(), passwords._hasher
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hook = Hook()
    try:
        with (
            (folder / "said.txt").open("w") as said,
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            Simulator(
                webhook_url=hook.url, receipt_delay_min_ms=0.0, receipt_delay_max_ms=5.0
            ) as simulator,
            connection(),
        ):
            settings = dataclasses.replace(settings, receive="webhook", webhook_secret="x" * 22)
            cast = builders.Cast.make()
            post = Post(settings, simulator)
            run = Run(app, post, cast, School.make(cast), Browser(app))
            run.guest = run.come()
            for act in ACTS:
                act(run)
            yield run
    finally:
        hook.stop()
        passwords.use(before)
        root.setLevel(level)
        root.removeHandler(log)
        log.close()


def empty() -> list[str]:
    """Return each personal column of the inventory that holds nothing in any row."""
    models: dict[str, Any] = {model._meta.table_name: model for model in all_models()}
    return [
        f"{table}.{column}"
        for table, entry in inventory()["tables"].items()
        for column, kind in entry["columns"].items()
        if kind >= 2
        and not models[table].select().where(models[table]._meta.columns[column].is_null(False))
    ]
