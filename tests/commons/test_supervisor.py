"""The one command: it starts everything, says where, and leaves nothing behind."""

from __future__ import annotations

import fcntl
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commons import lifeline
from commons.processes import ROOT
from commons.supervisor import ServeOptions, parts

# A part that notes its start, holds a shared lock together with a grandchild, and then
# serves, waits, ignores the wish to stop, or fails, as its words say.
PART = """
import fcntl, http.server, pathlib, signal, subprocess, sys, time
folder, word, port = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
alive = open(folder / "alive", "a")
fcntl.flock(alive, fcntl.LOCK_SH)
grandchild = subprocess.Popen(["sleep", "60"], pass_fds=[alive.fileno()])
if word == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(folder / word, "a") as starts:
    starts.write(f"{grandchild.pid}\\n")
if word == "fails":
    sys.exit(3)
if word == "fails-once" and (folder / word).read_text().count("\\n") == 1:
    sys.exit(3)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *words):
        pass
if port and word == "serves":
    http.server.HTTPServer(("127.0.0.1", port), Page).serve_forever()
time.sleep(60)
"""

SERVE = """
import sys
from pathlib import Path
from commons import processes, supervisor
folder, port, host, part = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
words = sys.argv[5:]
processes.STOP_SECONDS, processes.READY_SECONDS, processes.RESTARTS = 0.7, 1.5, 3
def prepare(options):
    return supervisor.Prepared({}, ["Sign in with this link."])
def compose(options, env):
    for word in words:
        url = options.url + "/healthz" if word in ("serves", "silent") else ""
        command = (sys.executable, "-S", "-c", part, str(folder), word, str(options.port))
        yield processes.Part("The " + word, command, url)
options = supervisor.ServeOptions(folder, host, port)
sys.exit(supervisor.serve(options, prepare, lambda *given: list(compose(*given))))
"""


def free_port() -> int:
    """Return a port that the system hands out, so that two tests at once get two."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Command:
    """One run of the command with dummy parts, and what it left on the machine."""

    def __init__(self, folder: Path, *words: str, port: int = 0, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.port = port or free_port()
        arguments = (str(folder), str(self.port), host, PART, *words)
        self.process = subprocess.Popen(
            (sys.executable, "-c", SERVE, *arguments), cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def until(self, sentence: str) -> str:
        """Return what it printed up to and with a sentence."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if sentence in line:
                return "".join(lines)
        raise AssertionError(f"{sentence!r} was never said, but: {''.join(lines)}")

    def end(self, number: int = signal.SIGINT) -> str:
        """Signal it, and return what it still printed."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=8)[0]

    def leaves_nothing(self) -> bool:
        """Say whether every part and grandchild is gone, after a short wait if need be."""
        with (self.folder / "alive").open() as alive:
            for _ in range(100):
                try:
                    fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(0.05)
                else:
                    return True
        return False


Run = Callable[..., Command]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start commands on one data folder, and end what a failed test left running."""
    commands: list[Command] = []

    def start(*words: str, **options: object) -> Command:
        commands.append(Command(tmp_path, *words, **options))  # type: ignore[arg-type]
        return commands[-1]

    yield start
    for command in commands:
        command.process.kill()
        command.process.wait()
        assert command.process.stdout is not None
        command.process.stdout.close()


def test_ctrl_c_stops_everything(run: Run) -> None:
    command = run("serves", "waits")
    said = command.until("Ctrl-C")
    assert f"http://127.0.0.1:{command.port}\nSign in with this link.\n" in said
    assert command.end() == "Farolito has stopped.\n"
    assert command.process.returncode == 0
    assert command.leaves_nothing()


def test_a_part_that_will_not_stop_is_ended(run: Run) -> None:
    command = run("serves", "stubborn")
    command.until("Ctrl-C")
    wait_for_start(command, "stubborn")
    began = time.monotonic()
    assert command.end(signal.SIGTERM) == "Farolito has stopped.\n"
    assert time.monotonic() - began > 0.5
    assert command.leaves_nothing()


def test_a_second_ctrl_c_does_not_wait(run: Run) -> None:
    command = run("serves", "stubborn")
    command.until("Ctrl-C")
    wait_for_start(command, "stubborn")
    command.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    began = time.monotonic()
    command.end()
    assert time.monotonic() - began < 0.5
    assert command.leaves_nothing()


def test_kill_9_leaves_nothing(run: Run) -> None:
    command = run("serves", "waits", "waits-too")
    command.until("Ctrl-C")
    wait_for_start(command, "waits-too")
    command.process.kill()
    command.process.wait()
    assert command.leaves_nothing()


def test_a_second_start_on_the_same_data_is_refused(run: Run) -> None:
    first = run("serves")
    first.until("Ctrl-C")
    second = run("serves")
    said = second.process.communicate(timeout=8)[0]
    assert said == (
        "Farolito is already running with this data "
        f"(http://127.0.0.1:{first.port}, process {first.process.pid}): "
        "use that one, or stop it with Ctrl-C where it was started.\n"
    )
    assert second.process.returncode == 1
    assert first.process.poll() is None


def test_a_taken_port_names_a_free_one(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = run("serves", port=port).process.communicate(timeout=8)[0]
    assert said.startswith(f"Port {port} is taken by another program: use another one with: ")
    assert said.count("\n") == 1
    assert "farolito serve --port" in said


def test_an_address_of_another_machine_is_refused(run: Run) -> None:
    said = run("serves", host="192.0.2.1").process.communicate(timeout=8)[0]
    assert said.startswith("Nothing can listen on 192.0.2.1, port ")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = Command(tmp_path / "file" / "data", "serves")
    said = command.process.communicate(timeout=8)[0]
    assert said.startswith("Farolito cannot write to ")
    assert said.endswith("or name another folder in FAROLITO_DATA.\n")
    assert command.process.returncode == 1


def test_a_part_that_ends_is_cleared_away_and_started_again(run: Run) -> None:
    command = run("serves", "fails-once")
    command.until("The fails-once ended by itself (status 3) and is being started again.")
    wait_for_start(command, "fails-once", times=2)
    first = int((command.folder / "fails-once").read_text().split()[0])
    assert not lifeline.alive(first)
    assert command.end() == "Farolito has stopped.\n"
    assert command.leaves_nothing()


def test_a_part_that_keeps_ending_stops_all(run: Run) -> None:
    command = run("serves", "fails")
    said = command.process.communicate(timeout=10)[0]
    assert said.endswith(
        "The fails ended 3 times within a minute, so Farolito stopped. "
        "What it printed above says why.\n"
    )
    assert command.process.returncode == 1
    assert command.leaves_nothing()


def test_a_page_that_never_answers_stops_all(run: Run) -> None:
    command = run("silent")
    said = command.process.communicate(timeout=8)[0]
    assert said.startswith("The silent did not answer within ")
    assert command.process.returncode == 1
    assert command.leaves_nothing()


def test_plain_http_on_the_network_says_what_phones_need(run: Run) -> None:
    command = run("serves", host="0.0.0.0")
    assert "put a reverse proxy with TLS before Farolito" in command.until("Ctrl-C")
    command.end()


def test_the_demonstration_has_a_simulator_and_an_installation_has_none(tmp_path: Path) -> None:
    env = {"FAROLITO_WEBHOOK_SECRET": "secret", "FAROLITO_GATEWAY_ACCOUNT": "+12135550100"}
    options = ServeOptions(tmp_path, demonstration=True, simulator_port=9000)
    assert [part.name for part in parts(ServeOptions(tmp_path), {})] == [
        "The web server", "The relay",
    ]  # fmt: skip
    simulator = parts(options, env)[-1]
    assert simulator.url == "http://127.0.0.1:9000/"
    assert "http://127.0.0.1:8000/gateway/secret" in simulator.command


def wait_for_start(command: Command, word: str, times: int = 1) -> None:
    """Wait until a part has started so many times, its grandchild included."""
    for _ in range(160):
        with_starts = command.folder / word
        if with_starts.exists() and with_starts.read_text().count("\n") >= times:
            return
        time.sleep(0.05)
    raise AssertionError(f"{word} did not start {times} times")
