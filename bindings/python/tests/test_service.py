"""The web service of examples/service.py, as the world meets it: a server with processes that were
forked after the engine was made, real connections over loopback, and people who cheat.
"""

from __future__ import annotations

import base64
import concurrent.futures
import datetime
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

import trust

httpx = pytest.importorskip("httpx")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "examples"
OPERATOR = {"Authorization": "Bearer a-token-of-operators"}
ID = "urn:dev:ops:32473-7"
MEASURED = bytes([0x11]) * 32
TYPE_EAT = "application/eat+cwt"
TYPE_ADDRESS = "application/vnd.trust.address"
TYPE_HUMAN = "application/vnd.didit.decision+json"

# Over loopback there is no channel to bind to, and no address of the internet: what is left of a
# good device has to suffice.
POLICY = {
    "trust_policy": 1,
    "id": "service",
    "revision": 1,
    "signals": {
        "attestation": {"weight": 300},
        "identity": {"weight": 300},
        "place": {"weight": 60},
        "reputation": {"weight": 100},
        "human": {"weight": 60},
    },
    "verdicts": {"allow": 330, "step_up": 475, "quarantine": 650},
}
VERDICTS = ("allow", "step_up", "quarantine", "deny")

# What a pre-fork server does: the application is made once, then there are two processes.
SERVER = """
import os, socket, sys
sys.path.insert(0, {examples!r})
import uvicorn, service
service.SECONDS_TO_SEND = 1
app = service.from_environment()
listening = socket.socket(fileno={fileno})
os.fork()
config = uvicorn.Config(app, log_level="warning", **service.SERVER)
uvicorn.Server(config).run(sockets=[listening])
"""


class Place(NamedTuple):
    """A service that runs, and where its records are."""

    url: str
    store: pathlib.Path


@pytest.fixture
def place(tmp_path: pathlib.Path) -> Iterator[Place]:
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    environment = {
        **os.environ,
        "TRUST_POLICY": str(tmp_path / "policy.json"),
        "TRUST_STORE": str(tmp_path / "fleet.db"),
        "TRUST_REFERENCE": str(EXAMPLES / "data" / "reference.json"),
        "TRUST_GEOIP": str(EXAMPLES / "data" / "geo.mmdb"),
        "TRUST_LISTS": f"vpn={EXAMPLES / 'data' / 'vpn.txt'}",
        "TRUST_OPERATOR": "a-token-of-operators",
    }
    with socket.create_server(("127.0.0.1", 0)) as listening:
        script = SERVER.format(examples=str(EXAMPLES), fileno=listening.fileno())
        server = subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            cwd=tmp_path,
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )
        try:
            yield Place(f"http://127.0.0.1:{listening.getsockname()[1]}", tmp_path / "fleet.db")
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


@pytest.fixture
def client(place: Place) -> Iterator[Any]:
    with httpx.Client(base_url=place.url, timeout=30) as it:
        yield it


class Lock:
    """A device: it holds a key, and answers what it is asked."""

    def __init__(self, client: Any, id: str = ID) -> None:
        self.client = client
        self.id = id
        secret, public = trust.keygen()
        self.signer = trust.Signer.read(secret, trust.Use.DEVICE)
        enrolment = {"key": public, "attributes": {"class": "lock", "country": "DE"}}
        answer = client.put(f"/devices/{id}", json=enrolment, headers=OPERATOR)
        assert answer.status_code == 201, answer.text

    def nonce(self) -> str:
        answer = self.client.post(f"/devices/{self.id}/challenge")
        assert answer.status_code == 200, answer.text
        nonce: str = answer.json()["nonce"]
        return nonce

    def bundle(self) -> dict[str, Any]:
        """What it posts to be let in."""
        app = trust.Component("app", MEASURED, version="2.4.1")
        token = trust.attest(self.signer, bytes.fromhex(self.nonce()), components=[app])
        data = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
        return {"device": self.id, "items": [{"type": TYPE_EAT, "data": data}]}

    def post(self, body: Any, **headers: str) -> Any:
        """An operator's token is there so that the test sees everything; it changes nothing else."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            f"/devices/{self.id}/evidence", content=sent, headers={**OPERATOR, **headers}
        )


def test_a_good_device_is_let_in(client: Any) -> None:
    lock = Lock(client)
    answer = lock.client.post(f"/devices/{ID}/evidence", json=lock.bundle())
    assert answer.status_code == 200
    assert set(answer.json()) == {"open", "verdict", "text"}
    assert answer.json()["open"] is True
    assert answer.json()["verdict"] == "allow"


def test_an_operator_sees_everything_and_nobody_else_does(client: Any) -> None:
    lock = Lock(client)
    lock.post(lock.bundle())
    seen = client.get(f"/devices/{ID}", headers=OPERATOR)
    assert seen.status_code == 200
    assert seen.json()["device"] == ID
    assert seen.json()["verdict"] == "allow"
    assert seen.json()["replay_protection"] in ("durable", "none")
    too_short = OPERATOR["Authorization"][:-1]
    for wrong in ({}, {"Authorization": "Bearer another"}, {"Authorization": too_short}):
        assert client.get(f"/devices/{ID}", headers=wrong).status_code == 401
        assert client.put(f"/devices/{ID}", json={}, headers=wrong).status_code == 401


def edits(captured: dict[str, Any], fresh_nonce: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A captured post as somebody edits it who wants more from it."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    (token,) = captured["items"]
    clean = {"type": TYPE_ADDRESS, "value": "5.8.1.2"}
    human = json.loads((EXAMPLES / "data" / "human-approved.json").read_text())
    human["vendor_data"] = ID
    human["created_at"] = now
    approved = {"type": TYPE_HUMAN, "value": human}
    everything = [{**token, "collected": now, "nonce": fresh_nonce}]
    everything += [{**item, "collected": now} for item in (clean, approved)]
    yield "as it was", captured
    yield "a fresh time", {**captured, "items": [{**token, "collected": now}]}
    yield "a fresh nonce", {**captured, "items": [{**token, "nonce": fresh_nonce}]}
    yield "a clean address", {**captured, "items": [token, clean]}
    yield "a person who approved", {**captured, "items": [token, approved]}
    yield "an address alone", {"items": [clean]}
    yield "everything", {**captured, "items": everything}


def assert_gains_nothing(answer: Any, silence: Any, what: str) -> None:
    assert answer.status_code == 403, what
    assert answer.json()["open"] is False, what
    got, had = answer.json()["decision"], silence.json()["decision"]
    assert got["risk"] >= had["risk"], what
    assert VERDICTS.index(got["verdict"]) >= VERDICTS.index(had["verdict"]), what
    assert all(item["state"] != "valid" for item in got["items"] if item["origin"] == "device"), (
        what
    )


def test_a_captured_post_gains_nothing_whatever_is_edited_in_it(client: Any) -> None:
    lock = Lock(client)
    captured = json.dumps(lock.bundle()).encode()
    assert lock.post(captured).json()["open"] is True
    silence = lock.post({"items": []})
    assert_gains_nothing(lock.post(captured), silence, "the same bytes")
    for what, edited in edits(json.loads(captured), lock.nonce()):
        assert_gains_nothing(lock.post(edited), silence, what)
        forwarded = {"X-Forwarded-For": "5.8.1.2", "Forwarded": "for=5.8.1.2"}
        assert_gains_nothing(lock.post(edited, **forwarded), silence, f"{what}, and headers")


def test_a_captured_post_gains_nothing_for_a_device_that_was_never_seen(client: Any) -> None:
    """Of such a device nothing good is remembered that could hide what an edit gains."""
    lock = Lock(client, "urn:dev:ops:32473-8")
    other = Lock(client, "urn:dev:ops:32473-9")
    captured = {**other.bundle(), "device": lock.id}
    silence = lock.post({"items": []})
    assert silence.json()["decision"]["verdict"] != "allow"
    for what, edited in edits(captured, lock.nonce()):
        assert_gains_nothing(lock.post(edited), silence, what)


def test_posting_in_its_name_spoils_no_record(client: Any) -> None:
    lock = Lock(client)
    lock.post(lock.bundle())
    before = client.get(f"/devices/{ID}", headers=OPERATOR).json()
    forged = [{"type": TYPE_EAT, "data": "AAAA"}]
    for items in ([], forged):
        assert lock.post({"items": items}).json()["open"] is False
    after = client.get(f"/devices/{ID}", headers=OPERATOR).json()
    assert (after["risk"], after["verdict"]) == (before["risk"], before["verdict"])
    assert lock.post(lock.bundle()).json()["open"] is True


def test_who_proves_nothing_learns_nothing(client: Any) -> None:
    """The answer is the same for a device that is trusted and for one that never was."""
    trusted, stranger = Lock(client), Lock(client, "urn:dev:ops:32473-8")
    captured = trusted.bundle()
    assert trusted.post(captured).json()["open"] is True
    for items in ([], captured["items"], [{"type": TYPE_EAT, "data": "AAAA"}]):
        for lock in (trusted, stranger):
            answer = client.post(f"/devices/{lock.id}/evidence", json={"items": items})
            assert answer.status_code == 403
            assert answer.json() == {"open": False, "error": "no answer to a challenge"}


MALFORMED = [
    b"",
    b"{",
    b"[]",
    b"\xff\xfe",
    b'{"items": 1}',
    b'{"items": [], "items": []}',
    b'{"items": [{"type": "application/eat+cwt", "data": "not base64!"}]}',
    b'{"items": [{"type": "application/eat+cwt", "file": "/etc/passwd"}]}',
    b"[" * 100_000,
    b'{"items": [' + b",".join([b'{"type": "a/b", "data": ""}'] * 65) + b"]}",
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body[:40]))
def test_what_is_malformed_is_refused(client: Any, body: bytes) -> None:
    answer = Lock(client).post(body)
    assert answer.status_code in (400, 413, 429), answer.text
    assert answer.json()["open"] is False


def test_what_is_huge_is_refused_before_it_was_read(client: Any) -> None:
    lock = Lock(client)
    assert lock.post(b" " * (8 << 20)).status_code == 413
    endless = (b" " * 65536 for _ in range(1000))
    try:
        answer = client.post(f"/devices/{ID}/evidence", content=endless)
        assert answer.status_code == 413
    except httpx.TransportError:
        pass  # the server hung up while we were still talking
    assert lock.post(lock.bundle()).json()["open"] is True


def test_who_sends_slowly_is_hung_up_on(client: Any, place: Place) -> None:
    lock = Lock(client)
    host, port = place.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as slow:
        head = f"POST /devices/{ID}/evidence HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
        slow.sendall(head.encode() + b"{")
        began = time.monotonic()
        assert b" 408 " in slow.recv(65536)
        assert time.monotonic() - began < 10
    assert lock.post(lock.bundle()).json()["open"] is True


@pytest.mark.parametrize("sent", ["", "POST /devices/x", "POST /devices/x/challenge HTTP/1.1\r\n"])
def test_who_never_asks_is_hung_up_on(place: Place, sent: str) -> None:
    """Each of the two processes has 256 connections to give."""
    host, port = place.url.removeprefix("http://").split(":")
    silent = [socket.create_connection((host, int(port)), timeout=30) for _ in range(600)]
    try:
        for one in silent:
            one.sendall(sent.encode())
        for one in silent[::50]:
            try:
                while one.recv(65536):
                    pass  # that there are too many
            except ConnectionError:
                pass
        with httpx.Client(base_url=place.url, timeout=30) as client:
            lock = Lock(client)
            assert lock.post(lock.bundle()).json()["open"] is True
    finally:
        for one in silent:
            one.close()


@pytest.mark.parametrize("id", ["urn:dev:ops:32473-404", "a%00b", "%ff", "x" * 300])
def test_an_unknown_device_stays_outside(client: Any, id: str) -> None:
    Lock(client)
    for path in ("challenge", "evidence"):
        answer = client.post(f"/devices/{id}/{path}", json={"items": []})
        assert answer.status_code in (400, 404), answer.text
        assert "nonce" not in answer.json()


def test_a_device_has_four_questions_and_no_more(client: Any) -> None:
    lock = Lock(client)
    codes = [client.post(f"/devices/{ID}/challenge").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
    assert lock.id == ID


def test_many_devices_at_once(client: Any) -> None:
    """Forty devices in two processes: each is asked by one and may be judged by the other."""

    def visit(number: int) -> tuple[bool, bool]:
        lock = Lock(client, f"urn:dev:ops:32473-many-{number}")
        bundle = lock.bundle()
        return lock.post(bundle).json()["open"], lock.post(bundle).json()["open"]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(visit, range(40))) == [(True, False)] * 40


def test_one_answer_posted_many_times_opens_once(client: Any) -> None:
    lock = Lock(client)
    captured = lock.bundle()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        opened = [answer.json().get("open") for answer in pool.map(lock.post, [captured] * 8)]
    assert opened.count(True) == 1
