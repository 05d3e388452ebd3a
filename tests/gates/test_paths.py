"""Names of files and paths that somebody made up reach no file."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tests import builders, page
from tests.gates.test_headers import ask
from tests.page import ADDRESS

pytestmark = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
PATHS = (
    "../app.py", "..%2fapp.py", "%2e%2e/app.py", "..\\app.py", "..%5capp.py", "....//app.py",
    "/etc/passwd", "//etc/passwd", "css/../../../app.py", "css/base.css%00.html", "css", "",
    "%c0%ae%c0%ae/app.py", "file:///etc/passwd",
)  # fmt: skip
NAMES = ("../../planted.csv", "/tmp/planted.csv", "..\\planted.csv", "planted\0.csv", "a" * 300)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_out_of_the_static_files_reaches_nothing(browser: page.Browser, path: str) -> None:
    answer = ask(browser, f"/static/{path}")
    assert answer.status_code in (301, 303, 308, 400, 404)
    assert "import" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("start", ["/p/", "/a/"])
def test_a_path_out_of_a_public_link_reaches_nothing(browser: page.Browser, start: str) -> None:
    for path in PATHS:
        for token in ("", "x" * 22 + "/"):
            answer = ask(browser, f"{start}{token}{path}")
            assert answer.status_code in (301, 303, 308, 400, 404), path
            assert "import" not in answer.get_data(as_text=True)


def test_the_name_of_an_uploaded_file_is_never_used(
    browser: page.Browser, cast: builders.Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in(cast.rosa)
    (tmp_path / "below" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "below" / "below")
    for name in NAMES:
        form = browser.get(f"/sites/{cast.lincoln.public_id}/roster/import").form("/import")
        file = io.BytesIO(b"name,phone,language,group\nAna,213 555 0142,es,family\n")
        answer = browser.client.post(
            form.action,
            data={**form.values, "file": (file, name)},
            base_url=ADDRESS,
            content_type="multipart/form-data",
        )
        assert answer.status_code == 200
        assert "planted" not in answer.get_data(as_text=True)
        answer.close()
    assert [found for _folder, _below, found in os.walk(tmp_path) if found] == []
    assert not Path("/tmp/planted.csv").exists()
