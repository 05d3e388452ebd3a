"""Large and hostile files through the page: they change nothing and say why."""

import io
from collections.abc import Callable

import pytest

from commons import clock
from commons.audit import AuditLink
from commons.roster.exports.table import table
from commons.roster.models import ConsentState, Person
from tests import builders
from tests.builders import Cast
from tests.commons.roster.test_routes import roster, upload
from tests.page import ADDRESS, Browser, Page

Send = Callable[[bytes], Page]
HEAD = "name,phone,language,group,slot,consent,consent source\n"
MB = 1024 * 1024


def _part(name: str, data: bytes) -> bytes:
    # By hand: the test client would put a large file on the disk, and leave it open.
    return b"--x\r\nContent-Disposition: form-data; " + name.encode() + b"\r\n\r\n" + data + b"\r\n"


@pytest.fixture
def send(browser: Browser, cast: Cast) -> Send:
    browser.sign_in(cast.rosa)

    def given(data: bytes) -> Page:
        form = browser.get(f"{roster(cast.lincoln)}/import").form("/import")
        body = _part('name="csrf_token"', form.values["csrf_token"][0].encode())
        body += _part('name="file"; filename="roster.csv"', data) + b"--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        answer = browser.client.post(form.action, data=body, base_url=ADDRESS, content_type=kind)
        return Page(browser, form.action, answer)

    return given


def ten_thousand() -> bytes:
    out = io.StringIO()
    out.write(HEAD)
    for n in range(10_000):
        number = f"213{200 + n // 10_000:03d}{n % 10_000:04d}"
        out.write(f"Person {n},{number},es,family,,yes,paper form\n")
    return out.getvalue().encode()


def test_ten_thousand_rows_are_previewed_in_seconds(send: Send) -> None:
    began = clock.monotonic()
    page = send(ten_thousand() + b"Bad,12,en,staff,,,\n" * 150)
    seconds = clock.monotonic() - began
    assert page.status == 200
    assert "Rows 10,150 New 10,000" in page.words
    assert "Refused 150" in page.words
    assert "50 more rows were refused." in page.words
    assert Person.select().count() == 0
    assert len(page.text) < 200_000
    # It takes two to four; the rest is for a busy machine.
    assert seconds < 30


def wide() -> bytes:
    return (",".join(f"c{n}" for n in range(40_000)) + "\n").encode()


def short_but_wide() -> bytes:
    return b"name,phone" + b"," * 20_000 + b"\nAna,213 555 0142" + b"," * 20_000 + b"\n"


HOSTILE = {
    "40,000 columns": (wide(), "is longer than the row of a list can be"),
    "a broken letter": (HEAD.encode() + b"Jos\xc3\xa9 \xff,213 555 0142", "letters of the file"),
    "no text at all": (bytes(range(256)) * 64, "letters of the file"),
    "UTF-16 without its mark": (HEAD.encode("utf-16-le"), "letters of the file"),
    "nothing": (b"", "The file is empty"),
    "a quotation mark that never ends": (
        HEAD.encode() + b'"Ana,213 555 0142\n' + b"x\n" * 9000,
        "quotation mark",
    ),
    "no headings": (b"Ana,213 555 0142\n", "has no column for the name"),
    "children": (b"name,phone,child name\nAna,213 555 0142,x\n", "must not be in the file"),
    "two headings of one meaning": (b"name,phone,cell\nAna,1,2\n", "mean the same"),
    "more than 32 MiB": (b"x" * (33 * MB), "larger than"),
    "100 MB": (b"x" * (100 * MB), "larger than"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_changes_nothing_and_says_why(send: Send, kind: str) -> None:
    data, why = HOSTILE[kind]
    links = AuditLink.select().count()
    page = send(data)
    assert page.status in (413, 422)
    assert why in page.words
    assert Person.select().count() == 0
    assert AuditLink.select().count() == links


def test_a_wide_row_of_nothing_is_read_as_what_it_holds(send: Send) -> None:
    page = send(short_but_wide())
    assert page.status in (200, 422)
    assert Person.select().count() == 0


FORMULAS = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1", "＝1"]


def test_formulas_stay_words_and_are_marked_when_they_leave(
    browser: Browser, cast: Cast, send: Send
) -> None:
    lines = [f'"{cell}",213 555 01{n:02d},en,staff,,,' for n, cell in enumerate(FORMULAS, 10)]
    data = (HEAD + "\n".join(lines) + "\n").encode()
    upload(browser, send(data), data)
    names = sorted(person.reveal("name") for person in Person.select())
    assert names == sorted(FORMULAS)
    text = table(cast.lincoln, "=Rosa").decode("utf-8-sig")
    assert all(f'"\'{name}"' in text for name in (*FORMULAS, "=Rosa"))


def test_a_number_that_is_a_formula_is_refused_with_its_line(send: Send) -> None:
    page = send(HEAD.encode() + b"Ana,=1+1,en,staff,,,\n")
    assert page.status == 200
    assert "2 Enter a phone number with its area code" in page.words


def test_a_full_role_is_said_and_the_person_is_imported_without_it(
    browser: Browser, cast: Cast, send: Send
) -> None:
    builders.a_person(cast.lincoln, slot=builders.SlotKind.SITE_LEAD)
    data = HEAD.encode() + b"Ana,213 555 0142,en,staff,site lead,,\n"
    page = send(data)
    assert "“Site lead” is full already." in page.words
    upload(browser, page, data)
    assert Person.select().count() == 2
    assert builders.Assignment.select().count() == 1
    assert builders.Consent.get(builders.Consent.id == 2).state == ConsentState.INVITED
