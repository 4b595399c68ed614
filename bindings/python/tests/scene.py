"""A small world for tests of the whole binding: an engine with a clock that stands still, one
device with a key, a policy and reference values."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import trust

NOW = 1795428000.0  # 2026-11-23T10:00:00Z
DEVICE = "urn:dev:mac:0024befffe804ff1"
DIGEST = b"\x5a" * 32
ADDRESS = "5.8.1.2"

POLICY = json.dumps(
    {
        "trust_policy": 1,
        "id": "scene",
        "revision": 3,
        "signals": {
            "attestation": {"weight": 300},
            "identity": {"weight": 300},
            "place": {"weight": 110},
            "reputation": {"weight": 175},
            "behaviour": {"weight": 225},
            "human": {"weight": 150},
        },
        "verdicts": {"allow": 300, "step_up": 475, "quarantine": 650},
    }
)

REFERENCE = json.dumps(
    {
        "trust_reference": 1,
        "id": "scene",
        "revision": 7,
        "values": [
            {
                "class": "lock-1",
                "name": "app",
                "digest": "sha256:" + DIGEST.hex(),
                "status": "ok",
            }
        ],
    }
)


class Scene:
    """An engine, a device, its key, and the time as the test sets it."""

    def __init__(self, policy: str | None = POLICY, **options: Any) -> None:
        self.now: Any = NOW
        self.drawn = 0
        self.signer = trust.Signer.from_seed(b"\x07" * 32, trust.Use.DEVICE)
        given: dict[str, Any] = {
            "verifier": "gateway-1",
            "clock": self.clock,
            "random": self.random,
        }
        self.engine = trust.Engine(**{**given, **options})
        if policy is not None:
            self.engine.use_policy(trust.Policy.load_unsigned(policy))
        self.engine.use_reference(trust.Reference.load_unsigned(REFERENCE))
        self.device = self.enroll(DEVICE)

    def clock(self) -> Any:
        return self.now

    def random(self, size: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_128(str(self.drawn).encode()).digest(size)

    def enroll(self, id: str) -> trust.Device:
        attributes = {"class": "lock-1", "country": "DE"}
        return self.engine.enroll(id, [self.signer.public_key], attributes)

    def token(self, nonce: bytes, **changes: Any) -> bytes:
        """A token over a nonce with everything in order, but for what is changed."""
        claims: dict[str, Any] = {
            "verifier": "gateway-1",
            "device": DEVICE,
            "session_key": bytes([9]) + bytes(31),
            "components": [trust.Component("app", DIGEST, "2.4.1")],
            "debug": trust.Debug.DISABLED,
            "secure_boot": trust.Boot.SECURE,
        }
        return trust.attest(self.signer, nonce, **{**claims, **changes})

    def answer(self, **changes: Any) -> bytes:
        """Ask the device, and take its answer."""
        return self.token(self.device.challenge().nonce, **changes)
