"""A web service that assesses what devices post, and opens for those that it allows.

    TRUST_POLICY=policy.json TRUST_STORE=fleet.db TRUST_OPERATOR=$(openssl rand -hex 32) \
        python service.py

    PUT  /devices/ID            an operator enrols a device: {"key": PEM, "attributes": {...}}
    GET  /devices/ID            an operator sees everything
    POST /devices/ID/challenge  anybody is told what to sign
    POST /devices/ID/evidence   a device's bundle (docs/bundle.md) is assessed

All that arrives may be an attacker's. Whatever is posted has the origin "device", so that no nonce,
time, address or human decision in it counts; the address is the connection's own. Only an answer
with the status 200 says "open", only to a device that has just proved to be this one; everything
else, every error and every doubt, stays shut. What proves nothing is answered and forgotten: nobody
can spoil another device's record by posting in its name, or learn from the answer how it stands.

It speaks plain HTTP as it stands: give uvicorn a certificate before it meets a network. Records are
in a file that all of its processes share, so that of two answers to one question only one counts.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
from typing import Any

import uvicorn
from sqlite_store import SqliteStore
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

import trust

#: How the server is to be run. uvicorn would let every client on this machine, and every one behind
#: the same proxy, write its own address: proxy_headers.
SERVER: dict[str, Any] = {
    "proxy_headers": False,
    "limit_concurrency": 256,
    "http": "service:Impatient",
}
MAX_BODY = 128 * 1024
SECONDS_TO_SEND = 10
SECONDS_TO_ANSWER = 60
log = logging.getLogger("service")

#: What a sender can mend; everything else is 503. The first that fits counts.
STATUS = {
    trust.LimitError: 429,
    trust.StateError: 403,
    trust.NotFoundError: 404,
    trust.ExistsError: 409,
    ValueError: 400,
}


class Service:
    """One engine, shared by all requests; it holds no state of its own."""

    def __init__(self, engine: trust.Engine, operator: str) -> None:
        self._engine = engine
        self._operator = operator.encode()
        if len(self._operator) < 16:
            raise ValueError("an operator's token has at least 16 characters")

    def app(self) -> Starlette:
        path = "/devices/{id:path}"
        routes = [
            Route(path + "/challenge", self.challenge, methods=["POST"]),
            Route(path + "/evidence", self.evidence, methods=["POST"]),
            Route(path, self.enrol, methods=["PUT"]),
            Route(path, self.show, methods=["GET"]),
        ]
        return Starlette(
            routes=routes, exception_handlers={trust.Error: refuse, ValueError: refuse}
        )

    async def challenge(self, request: Request) -> Response:
        """A device has at most four open ones, so they live shortly. Whoever knows its id can use
        them up again and again: to limit how often a peer may ask is for what stands before this."""
        device = await self._device(request)
        challenge = await device.challenge_async(ttl=SECONDS_TO_ANSWER)
        return JSONResponse({"nonce": challenge.nonce.hex(), "seconds": SECONDS_TO_ANSWER})

    async def evidence(self, request: Request) -> Response:
        body = await read_body(request)
        device = await self._device(request)
        evidence = device.evidence()
        evidence.add_bundle(body, trust.Origin.DEVICE)
        evidence.add_address(peer(request))
        decision = await device.preview_async(evidence)
        if proves_identity(decision):
            decision = await device.assess_async(evidence)
        proved = proves_identity(decision)
        is_open = proved and decision.verdict == trust.Verdict.ALLOW
        log.info("%s from %s: %s", device.id, peer(request), decision)
        answer: dict[str, Any] = {"open": is_open}
        if proved:
            answer["verdict"] = str(decision.verdict)
            answer["text"] = decision.explain(trust.Audience.SUBJECT)
        else:
            answer["error"] = "no answer to a challenge"
        if self._is_operator(request):
            answer["decision"] = decision.to_dict()
        return JSONResponse(answer, 200 if is_open else 403)

    async def enrol(self, request: Request) -> Response:
        self._need_operator(request)
        told = json.loads(await read_body(request))
        try:
            keys, attributes = trust.read_public_keys(told["key"]), dict(told["attributes"])
        except (KeyError, TypeError) as error:
            raise HTTPException(400) from error
        device = await self._engine.enroll_async(request.path_params["id"], keys, attributes)
        return JSONResponse({"enrolled": device.id}, 201)

    async def show(self, request: Request) -> Response:
        """What would be decided now, with nothing new."""
        self._need_operator(request)
        device = await self._device(request)
        decision = await device.preview_async()
        return Response(decision.to_json(), media_type="application/json")

    async def _device(self, request: Request) -> trust.Device:
        return await self._engine.device_async(request.path_params["id"])

    def _is_operator(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, b"Bearer " + self._operator)

    def _need_operator(self, request: Request) -> None:
        if not self._is_operator(request):
            raise HTTPException(401)


def proves_identity(decision: trust.Decision) -> bool:
    """Has a token of this very post been signed by the device, for a nonce of ours?"""
    return any(
        item.type == "application/eat+cwt" and item.state == trust.State.VALID
        for item in decision.items
    )


def peer(request: Request) -> str:
    """Never a header: whoever is at the other end can write those."""
    if request.client is None:
        raise HTTPException(400)
    return request.client.host


async def read_body(request: Request) -> bytes:
    """A small body in good time; of anything else no more than that is kept."""

    async def read() -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise HTTPException(413)
        return bytes(body)

    try:
        return await asyncio.wait_for(read(), SECONDS_TO_SEND)
    except asyncio.TimeoutError:
        raise HTTPException(408) from None


async def refuse(request: Request, error: Exception) -> Response:
    """What the library refused: what a sender can mend is told, the rest is logged."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 503)
    if status == 503:
        log.error("%r: %s", request.url.path, error)
    told = str(error) if status == 400 else "refused"
    return JSONResponse({"open": False, "error": told}, status)


class Impatient(H11Protocol):
    """Hangs up where nobody is being answered. uvicorn waits for a request's first lines for ever, so
    that as many who are silent as it has connections would keep everybody else out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(SECONDS_TO_SEND, self.look)

    def look(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self.loop.call_later(SECONDS_TO_SEND, self.look)


def from_environment() -> Starlette:
    engine = trust.Engine(
        os.environ["TRUST_POLICY"],
        store=SqliteStore(os.environ["TRUST_STORE"]),
        reference=os.environ.get("TRUST_REFERENCE"),
        geoip=os.environ.get("TRUST_GEOIP", "").split(),
        lists=dict(named.split("=", 1) for named in os.environ.get("TRUST_LISTS", "").split()),
    )
    return Service(engine, os.environ["TRUST_OPERATOR"]).app()


if __name__ == "__main__":
    uvicorn.run("service:from_environment", factory=True, workers=4, **SERVER)
