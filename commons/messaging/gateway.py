"""The client of signal-cli-rest-api; no other module uses `requests`."""

from __future__ import annotations

import json
import logging
import re
import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from commons import effects
from commons.errors import Unavailable
from commons.i18n import lazy_gettext as _l
from commons.messaging import outcomes
from commons.messaging.outcomes import Outcome
from commons.settings import Settings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
# Long, because what timed out may have gone; the gateway goes on with it all the same.
READ_SECONDS = 60.0
QUICK_SECONDS = 10.0
LONGEST_ANSWER = 256 * 1024
# In normal and native mode a recipient goes on a command line: nothing else may get there.
_RECIPIENT = re.compile(r"\+[1-9]\d{6,14}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Gateway:
    """One account on one gateway; safe to use from many threads, each with its own session."""

    def __init__(self, url: str, account: str, read_seconds: float = READ_SECONDS) -> None:
        """Take the gateway's address and our own number; nothing is sent yet."""
        self.url = url
        self.account = account
        self.read_seconds = read_seconds
        self._local = threading.local()

    def send(self, recipient: str, text: str) -> Outcome:
        """Send to one number or account id, and return how it ended; never raises."""
        if not _RECIPIENT.fullmatch(recipient):
            return outcomes.FAULT
        order = {
            "number": self.account,
            "recipients": [recipient],
            "message": text,
            "text_mode": "normal",
            "notify_self": False,
        }
        try:
            status, body = self._call("POST", "/v2/send", order, seconds=self.read_seconds)
        except requests.RequestException as error:
            return _without_answer(error)
        return outcomes.classify(status, body, self.account)

    def about(self) -> dict[str, Any]:
        """Return the gateway's description of itself; raise Unavailable without one."""
        found = self._ask("/v1/about")
        return found if isinstance(found, dict) else {}

    def accounts(self) -> list[str]:
        """Return the accounts that the gateway has loaded; raise Unavailable without an answer."""
        found = self._ask("/v1/accounts")
        return [str(number) for number in found] if isinstance(found, list) else []

    def contacts(self) -> list[tuple[str, str]]:
        """Return (number, account id) of everyone the account ever met; raise Unavailable."""
        found = self._ask(f"/v1/contacts/{self.account}", {"all_recipients": "true"})
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        pairs = [(row.get("number"), row.get("uuid")) for row in rows]
        return [(str(number), str(uuid)) for number, uuid in pairs if number and uuid]

    def receive(self, timeout: int = 1, max_messages: int = 200) -> list[dict[str, Any]]:
        """Return what has come in, waiting `timeout` seconds for it; raise Unavailable.

        Only normal and native mode have it. What is returned is gone from the gateway.
        """
        query = {
            "timeout": str(timeout),
            "max_messages": str(max_messages),
            "ignore_attachments": "true",
            "ignore_stories": "true",
        }
        path = f"/v1/receive/{self.account}"
        try:
            status, body = self._call("GET", path, None, query, timeout + self.read_seconds)
        except requests.RequestException as error:
            raise _unavailable() from error
        if status != 200:
            raise _unavailable()
        return salvage(body)

    def challenge(self, token: str, captcha: str) -> bool:
        """Answer Signal's challenge with a solved CAPTCHA; return whether it was taken."""
        order = {"challenge_token": token, "captcha": captcha}
        path = f"/v1/accounts/{self.account}/rate-limit-challenge"
        try:
            status, _body = self._call("POST", path, order, seconds=self.read_seconds)
        except requests.RequestException as error:
            raise _unavailable() from error
        return status == 204

    def trust(self, recipient: str) -> bool:
        """Have the newest key of a number or account id trusted; return whether it was taken.

        Raises Unavailable without an answer.
        """
        if not _RECIPIENT.fullmatch(recipient):
            return False
        path = f"/v1/identities/{self.account}/trust/{recipient}"
        try:
            status, _body = self._call("PUT", path, {"trust_all_known_keys": True})
        except requests.RequestException as error:
            raise _unavailable() from error
        return status == 204

    def _ask(self, path: str, query: dict[str, str] | None = None) -> Any:
        try:
            status, body = self._call("GET", path, None, query, QUICK_SECONDS)
            if status == 200:
                return json.loads(body)
        except (requests.RequestException, ValueError) as error:
            raise _unavailable() from error
        raise _unavailable()

    def _call(
        self,
        method: str,
        path: str,
        order: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        seconds: float = READ_SECONDS,
    ) -> tuple[int, bytes]:
        effects.point("gateway.before")
        answer = self._exchange(method, path, order, query, seconds)
        effects.point("gateway.answered")
        return answer

    def _exchange(
        self,
        method: str,
        path: str,
        order: dict[str, Any] | None,
        query: dict[str, str] | None,
        seconds: float,
    ) -> tuple[int, bytes]:
        with self._session().request(
            method,
            self.url + path,
            params=query,
            json=order,
            timeout=(CONNECT_SECONDS, seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            limit = LONGEST_ANSWER if method == "POST" else 64 * LONGEST_ANSWER
            try:
                body = response.raw.read(limit, decode_content=True)
            except HTTPError as error:
                raise requests.ConnectionError("cut off") from error
            return response.status_code, body

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            # Proxies and .netrc are none of the gateway's business, and cost 0.3 ms a call.
            session.trust_env = False
            session.mount("http://", _Adapter(pool_connections=1, pool_maxsize=1))
            self._local.session = session
        return session


class _Connection(HTTPConnection):
    def getresponse(self) -> Any:
        effects.point("gateway.sent")
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _Adapter(HTTPAdapter):
    """Tells a request that has gone out from one that was answered."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        manager = self.poolmanager
        manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "http": _Pool}


class SimulatorOnly(Gateway):
    """The gateway of a demonstration: nothing is said to anything but our simulator.

    Invented numbers belong to nobody, but a real gateway would still send to them, and polling
    it would take real messages away.
    """

    _known = False

    def _call(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        if not self._known:
            status, _body = super()._call("GET", "/simulator/api/counts", seconds=QUICK_SECONDS)
            if status != 200:
                log.error("This is a demonstration, and its gateway is not the simulator.")
                raise requests.exceptions.InvalidURL("not the simulator")
            self._known = True
        return super()._call(*given, **named)


def gateway_of(settings: Settings) -> Gateway:
    """Return the gateway that an installation talks to."""
    kind = SimulatorOnly if settings.demonstration else Gateway
    return kind(settings.gateway_url, settings.gateway_account)


def _unavailable() -> Unavailable:
    return Unavailable(_l("The Signal gateway does not answer. Try again in a minute."))


def _without_answer(error: requests.RequestException) -> Outcome:
    if isinstance(error, requests.ConnectTimeout):
        return outcomes.UNREACHABLE
    if isinstance(error, requests.Timeout):
        return outcomes.NO_ANSWER
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return outcomes.UNREACHABLE
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return outcomes.WRONG_SETUP
    return outcomes.CUT_OFF


def salvage(body: bytes) -> list[dict[str, Any]]:
    """Return every envelope in an answer, even between stray lines of log (contract, row 26)."""
    text = body.decode(errors="replace")
    try:
        whole = json.loads(text)
    except ValueError:
        whole = _pieces(text)
    rows = whole if isinstance(whole, list) else [whole]
    return [row for row in rows if isinstance(row, dict) and "envelope" in row]


def _pieces(text: str) -> list[Any]:
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        try:
            piece, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            found.append(piece)
        at = text.find("{", end)
    return found
