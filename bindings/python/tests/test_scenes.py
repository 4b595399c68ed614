"""Plays the project's vectors: every scene must say what the C library says, to the byte.

tests/vectors/scenes/README.md has the format. TRUST_SCENES is another folder of scenes.
"""

from __future__ import annotations

import base64
import json
import os
import pathlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

import trust
from trust._errors import make_error

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = pathlib.Path(os.environ.get("TRUST_SCENES") or CHECKOUT / "tests/vectors/scenes")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
MILLISECOND = timedelta(milliseconds=1)
CATEGORIES = {category.name.lower(): category for category in trust.ListCategory}

Step = dict[str, Any]


def failed(error: trust.Error | Exception) -> str:
    """A failure of a call that tells where and why."""
    assert isinstance(error, trust.Error), error
    if isinstance(error, (trust.DeadlineError, trust.CancelledError)):
        return f"! {error.name}"
    return (
        f"! {error.name} line {error.line} column {error.column} offset {error.offset}"
        f' at "{error.where}": {error.message}'
    )


def ms(duration: timedelta | None) -> int:
    return 0 if duration is None else duration // MILLISECOND


def moment(time: Any) -> Any:
    """A time of a scene."""
    if time is None:
        return None
    return trust.NEVER if time == "never" else trust.parse_time(time)


def word(names: Any, text: str) -> Any:
    """The member of an enumeration that a scene names."""
    return names[text.upper()]


def code(reason: trust.Reason | None) -> str:
    return reason.code if reason is not None else "NONE"


def kind_text(kind: int) -> str:
    known = trust.Kind(kind)
    return str(known) if known in trust.Kind.__members__.values() else str(int(kind))


def seed(number: int) -> bytes:
    return bytes([number]) * 32


def row_text(row: trust.Row) -> str:
    state = "stateless" if row.state is None else row.state
    which = "no finding" if row.finding is None else f"finding {row.finding}"
    return (
        f"row {row.name} type={int(row.type)} index={row.position} {state} points={row.points}"
        f" millibits={row.millibits} certainty={row.certainty}"
        f" {code(row.reason)} {which}"
    )


def finding_text(finding: trust.Finding) -> str:
    assert finding.reason is None or isinstance(finding.reason, trust.Reason)
    item = "no item" if finding.item is None else f"item {finding.item}"
    return (
        f"finding {kind_text(int(finding.kind))} source={finding.source} {finding.state}"
        f" {finding.origin} value={finding.value} quality={finding.quality}"
        f" {trust.format_time(finding.time)} {code(finding.reason)} {item}"
        f" expected={finding.expected} seen={finding.seen}"
    )


def summary_lines(s: trust.Summary) -> Iterable[str]:
    probability = -1 if s.probability is None else round(s.probability * 1000000)
    yield (
        f"verdict {s.verdict} natural={s.natural} risk={s.risk} range={s.lowest}..{s.highest}"
        f" uncertainty={s.uncertainty} adverse={s.adverse} held={s.held:d} profile={s.profile}"
        f" unsure={s.unsure:d} stage={s.stage} flaps={s.flaps} overridden={s.overridden:d}"
        f" probability={probability} since={trust.format_time(s.since)}"
        f" stage_since={trust.format_time(s.stage_since)}"
    )
    for reason, subject in zip(s.reasons, s.subjects):
        yield f"reason {reason} {'no row' if subject is None else f'row {subject}'}"


def action_text(action: trust.Action) -> str:
    return f"action {action.name} {action.id} {code(action.reason)}"


def policy_text(policy: trust.Policy) -> str:
    return f"policy {policy.id} {policy.revision} signed={policy.signed:d} {policy.hash.hex()}"


class World:
    """One scene: each verb is a method that gives the lines it says."""

    def __init__(self, scene: dict[str, Any]) -> None:
        self.now = moment(scene.get("now"))
        self.random = scene.get("random", 1)
        self.saved: dict[str, bytes] = {}
        self.challenges: dict[str, trust.Challenge] = {}
        self.devices: dict[str, trust.Device] = {}
        self.evidence: dict[str, trust.Evidence] = {}
        self.baselines: dict[str, trust.Baseline] = {}
        self.table = trust.Table.build([])
        self.engine = trust.Engine(
            verifier=scene.get("verifier"), clock=lambda: self.now, random=self.chance
        )

    def chance(self, size: int) -> bytes:
        out = bytearray()
        for _ in range(size):
            self.random = (self.random * 6364136223846793005 + 1442695040888963407) % 2**64
            out.append(self.random >> 56)
        return bytes(out)

    # What stands in a step.

    def data(self, value: Any) -> bytes:
        if value is None:
            return b""
        if isinstance(value, str):
            return value.encode()
        if "of" in value:
            data, times = bytearray(self.data(value["of"])), int(value.get("repeat", 1))
            for place in value.get("flip", ()):
                data[place] ^= 1
            return bytes(data[: value.get("cut", len(data))]) * times
        if "join" in value:
            return b"".join(map(self.data, value["join"]))
        if "lines" in value:
            return b"\n".join(map(self.data, value["lines"]))
        if "base64url" in value:
            return base64.urlsafe_b64encode(self.data(value["base64url"])).rstrip(b"=")
        if "hex" in value:
            return bytes.fromhex(value["hex"])
        if "file" in value:
            return pathlib.Path(CHECKOUT, value["file"]).read_bytes()
        if "vector" in value:
            return pathlib.Path(os.environ["TRUST_VECTORS"], value["vector"]).read_bytes()
        return self.saved[value["saved"]]

    def keys(self, step: Step) -> list[bytes]:
        return [
            trust.Signer.from_seed(seed(key), trust.Use.DEVICE).public_key
            if isinstance(key, int)
            else self.data(key)
            for key in step.get("keys", ())
        ]

    def save(self, step: Step, data: bytes) -> None:
        if "as" in step:
            self.saved[step["as"]] = data

    @staticmethod
    def origin(step: Step) -> trust.Origin:
        return word(trust.Origin, step.get("from", "device"))  # type: ignore[no-any-return]

    @staticmethod
    def name(step: Step) -> str:
        return step.get("device", "d")  # type: ignore[no-any-return]

    def device(self, step: Step) -> trust.Device:
        return self.devices[self.name(step)]

    # The engine's own.

    def do_time(self, step: Step) -> Iterable[str]:
        self.now = moment(step["to"])
        yield f"now {trust.format_time(self.engine.now())}"

    def do_policy(self, step: Step) -> Iterable[str]:
        document = self.data(step["document"])
        if "manifest" in step:
            manifest = self.data(step["manifest"])
            policy = trust.Policy.load(document, manifest, self.keys(step), self.now)
        else:
            policy = trust.Policy.load_unsigned(document)
        self.engine.use_policy(policy, allow_unsigned=step.get("allow_unsigned", False))
        yield policy_text(policy)

    def do_reference(self, step: Step) -> Iterable[str]:
        reference = trust.Reference.load_unsigned(self.data(step["document"]))
        self.engine.use_reference(reference)
        yield f"reference values {len(reference)}"

    def do_source_down(self, step: Step) -> Iterable[str]:
        try:
            self.engine.set_source_down(step["kind"], step["down"])
            yield "ok"
        except trust.Error as error:
            yield f"! {error.name}"

    # Devices and challenges.

    def info_lines(self, device: trust.Device) -> Iterable[str]:
        i = device.info
        yield (
            f"device {device.id} {i.lifecycle} verdict={i.verdict} risk={i.risk}"
            f" anchors={len(device.keys)} attributes={len(device.attributes)}"
            f" open={i.open_challenges} enrolled={trust.format_time(i.enrolled)}"
            f" decided={trust.format_time(i.decided)}"
            f" valid_until={trust.format_time(i.valid_until)} decisions={i.decisions}"
            f' revision={i.revision} memory={i.memory_bytes} stage="{i.stage}"'
            f" stage_since={trust.format_time(i.stage_since)} flaps={i.flaps}"
        )
        for name, value in device.attributes.items():
            yield f"attribute {name}={value}"
        for key in device.keys:
            yield f"key {key.hex()}"

    def opened(self, step: Step, device: trust.Device) -> Iterable[str]:
        self.devices[self.name(step)] = device
        self.evidence[self.name(step)] = device.evidence()
        return self.info_lines(device)

    def do_enroll(self, step: Step) -> Iterable[str]:
        device = self.engine.enroll(step["id"], self.keys(step), step.get("attributes", {}))
        return self.opened(step, device)

    def do_open(self, step: Step) -> Iterable[str]:
        return self.opened(step, self.engine.device(step["id"]))

    def do_info(self, step: Step) -> Iterable[str]:
        return self.info_lines(self.device(step))

    def do_reload(self, step: Step) -> Iterable[str]:
        self.device(step).reload()
        yield "ok"

    def do_lifecycle(self, step: Step) -> Iterable[str]:
        self.device(step).set_lifecycle(word(trust.Lifecycle, step["to"]))
        yield "ok"

    def do_challenge(self, step: Step) -> Iterable[str]:
        device = self.device(step)
        kinds = step.get("kinds", ())
        ttl = timedelta(milliseconds=step["ttl"]) if "ttl" in step else None
        bound = {"purpose": step.get("purpose"), "attempt": step.get("attempt")}
        if "nonce" in step:
            challenge = device.adopt(self.data(step["nonce"]), *kinds, ttl=ttl, **bound)
        else:
            challenge = device.challenge(*kinds, ttl=ttl, **bound)
        self.save(step, challenge.nonce)
        self.challenges.setdefault(step.get("as", ""), challenge)
        yield (
            f"challenge {challenge.id} {trust.format_time(challenge.issued)}"
            f" {trust.format_time(challenge.deadline)} {challenge.nonce.hex()}"
        )

    def do_delivered(self, step: Step) -> Iterable[str]:
        self.device(step).delivered(self.challenges[step["challenge"]])
        yield "ok"

    # Evidence.

    def gathered(self, step: Step, call: Callable[[trust.Evidence], object]) -> Iterable[str]:
        evidence = self.evidence[self.name(step)]
        call(evidence)
        yield f"items {len(evidence)}"

    def gathered_or_status(
        self, step: Step, call: Callable[[trust.Evidence], object]
    ) -> Iterable[str]:
        """Of a call that tells no more than its status."""
        try:
            return list(self.gathered(step, call))
        except trust.Error as error:
            return [f"! {error.name}"]

    def do_add(self, step: Step) -> Iterable[str]:
        data = self.data(step["data"])
        return self.gathered(step, lambda e: e.add(step["type"], data, self.origin(step)))

    def do_address(self, step: Step) -> Iterable[str]:
        return self.gathered(step, lambda e: e.add_address(step["address"]))

    def do_metric(self, step: Step) -> Iterable[str]:
        def add(evidence: trust.Evidence) -> None:
            time = moment(step.get("time"))
            for value in step["values"]:
                evidence.add_metric(step["name"], value, time)
                if time is not None and "every" in step:
                    time += step["every"] * MILLISECOND

        return self.gathered(step, add)

    def do_bundle(self, step: Step) -> Iterable[str]:
        def read(name: bytes, limit: int) -> bytes:
            if name.decode() not in step["files"]:
                raise trust.NotFoundError("no such file")
            return self.data(step["files"][name.decode()])

        data, files = self.data(step["data"]), read if "files" in step else None
        return self.gathered(step, lambda e: e.add_bundle(data, self.origin(step), files))

    def do_channel(self, step: Step) -> Iterable[str]:
        return self.gathered_or_status(step, lambda e: e.set_channel(self.data(step["data"])))

    def do_attempt(self, step: Step) -> Iterable[str]:
        return self.gathered_or_status(step, lambda e: e.set_attempt(step["attempt"]))

    def do_request(self, step: Step) -> Iterable[str]:
        return self.gathered_or_status(step, lambda e: e.set_request_id(self.data(step["id"])))

    # Decisions.

    def field_lines(self, d: trust.Decision) -> Iterable[str]:
        yield from summary_lines(d.summary)
        yield (
            f"{d.verdict} {d.risk} binding={int(d.binding)}"
            f" replay_protection={int(d.replay_protection)} exact={d.valid_until_exact:d}"
            f" preview={d.preview:d} repeated={d.repeated:d} signed={d.signed:d}"
            f" decided={trust.format_time(d.decided)}"
            f" valid_until={trust.format_time(d.valid_until)} profile={d.profile}"
            f" stage={d.stage} revision={d.policy_revision} {d.policy_hash.hex()}"
        )
        yield from map(row_text, d.ledger)
        yield from map(finding_text, d.findings)
        for step in d.next:
            pairs = "".join(f" {s}:{a}" for s, a in zip(step.signals, step.actions))
            yield f"next {step.can_reach} cost={step.cost}{pairs}"
        yield from map(action_text, d.actions)
        for need in d.needs:
            yield f"need {need}"
        for item in d.items:
            yield f"item {item.type} {item.origin} {item.state} {code(item.reason)}"

    def decision_lines(self, step: Step, decision: trust.Decision) -> Iterable[str]:
        yield decision.to_json()
        for what in step.get("show", ()):
            if what == "fields":
                yield from self.field_lines(decision)
            else:
                yield decision.explain(word(trust.Audience, what)).removesuffix("\n")

    @staticmethod
    def limits(step: Step) -> dict[str, Any]:
        limits: dict[str, Any] = {"deadline": moment(step.get("deadline"))}
        if step.get("cancelled"):
            limits["cancel"] = trust.Cancel()
            limits["cancel"].press()
        return limits

    def decide(self, step: Step, call: Callable[..., trust.Decision]) -> Iterable[str]:
        evidence = self.evidence[self.name(step)]
        try:
            return list(self.decision_lines(step, call(evidence, **self.limits(step))))
        finally:
            if not step.get("keep"):
                evidence.clear()

    def do_assess(self, step: Step) -> Iterable[str]:
        return self.decide(step, self.device(step).assess)

    def do_preview(self, step: Step) -> Iterable[str]:
        return self.decide(step, self.device(step).preview)

    def do_observe(self, step: Step) -> Iterable[str]:
        evidence = self.evidence[self.name(step)]
        try:
            return [f"due {self.device(step).observe(evidence, **self.limits(step)):d}"]
        finally:
            evidence.clear()

    def do_assess_many(self, step: Step) -> Iterable[str]:
        jobs = [(self.devices[name], self.evidence[name]) for name in step["devices"]]
        for outcome in self.engine.assess_many(jobs, **self.limits(step)):
            if isinstance(outcome, trust.Decision):
                yield from self.decision_lines(step, outcome)
            else:
                yield failed(outcome)
        for _, evidence in jobs:
            evidence.clear()

    def do_appraise(self, step: Step) -> Iterable[str]:
        result = self.engine.appraise(
            step["type"],
            self.data(step["data"]),
            self.keys(step),
            self.data(step.get("nonce")),
            self.data(step.get("channel")),
            step.get("class"),
            self.origin(step),
        )
        claims = "".join(f" {claim}" for claim in result.vector)
        yield (
            f"result {result.state} {code(result.reason)} tier={result.tier}"
            f" binding={int(result.binding)} vector{claims}"
        )
        yield from map(finding_text, result.findings)
        yield result.to_json()
        yield result.to_json(claims=True)

    # Policies by themselves.

    def policy(self, step: Step) -> trust.Policy:
        return trust.Policy.load_unsigned(self.data(step["document"]))

    def do_expand(self, step: Step) -> Iterable[str]:
        yield self.policy(step).expand().removesuffix("\n")

    def do_schema(self, step: Step) -> Iterable[str]:
        yield trust.policy_schema().removesuffix("\n")

    @staticmethod
    def report_lines(report: trust.Report) -> Iterable[str]:
        yield f"remarks {len(report)}"
        for r in report:
            yield (
                f"{int(r.severity)} {r.line}:{r.column} {r.code} {r.number}"
                f' at "{r.where}": {r.sentence}'
            )

    def do_lint(self, step: Step) -> Iterable[str]:
        return self.report_lines(trust.lint(self.data(step["document"])))

    def do_test(self, step: Step) -> Iterable[str]:
        return self.report_lines(trust.test(self.data(step["document"])))

    def do_describe(self, step: Step) -> Iterable[str]:
        policy = self.policy(step)
        b, h, o = policy.bands, policy.hysteresis, policy.overrides
        yield policy_text(policy)
        yield (f"bands base={b.base} allow={b.allow} step_up={b.step_up} quarantine={b.quarantine}")
        yield (
            f"hysteresis margin={h.margin} backoff={h.backoff} dwell={ms(h.dwell)}"
            f" dwell_max={ms(h.dwell_max)}"
        )
        yield (f"overrides mildest={o.mildest} approvals={o.approvals} max_ttl={ms(o.max_ttl)}")
        for s in policy.signals:
            curve = "".join(f" {knot.value}:{knot.points}" for knot in s.knots)
            yield (
                f"signal {s.name} group={s.group} kind={kind_text(s.kind)} most={s.most}"
                f" least={s.least} absent={s.absent} refused={s.refused}"
                f" source_down={s.source_down} half_life_good={ms(s.half_life_good)}"
                f" half_life_bad={ms(s.half_life_bad)} ttl={ms(s.ttl)} ttl_bad={ms(s.ttl_bad)}"
                f" scale={int(s.scale)} reliability={s.reliability} quorum={s.quorum}"
                f" cost={s.cost} action={s.action} curve{curve}"
            )
        for group in policy.groups:
            yield f"group {group.name} floor={group.floor} ceiling={group.ceiling}"
        for g in policy.gates:
            conditions = "".join(
                f" {c.signal}:{int(c.asks)}:{c.limit}:{ms(c.age)}" for c in g.conditions
            )
            yield (
                f"gate {g.id} floor={g.floor} {code(g.reason)} need={g.need} final={g.final:d}"
                f"{conditions}"
            )
        for p in policy.profiles:
            exempt = "".join(f" {name}" for name in p.exempt)
            yield (
                f"profile {p.id} base={p.bands.base} allow={p.bands.allow}"
                f" step_up={p.bands.step_up} quarantine={p.bands.quarantine}"
                f" adverse={p.adverse} uncertainty={p.uncertainty} exempt{exempt} when {p.when}"
            )
        for stage in policy.stages:
            needs = "".join(f" {name}" for name in stage.needs)
            yield (
                f"stage {stage.id} next={stage.next or 'none'} on_timeout={stage.on_timeout}"
                f" timeout={ms(stage.timeout)} needs{needs}"
            )

    def do_select(self, step: Step) -> Iterable[str]:
        policy = self.policy(step)
        try:
            selection = policy.select(step["attributes"])
            yield f"profile {selection.profile} also={selection.also}"
        except trust.Error as error:
            yield f"! {error.name}"

    def finding(self, f: Step, now: datetime | None) -> trust.Finding:
        return trust.Finding(
            f["kind"],
            f.get("value", 0),
            word(trust.State, f.get("state", "valid")),
            moment(f["time"]) if "time" in f else now,
            quality=f.get("quality", 65536),
            source=f.get("source", 0),
            origin=word(trust.Origin, f.get("from", "host")),
            reason=f.get("reason"),
            item=f.get("item"),
        )

    def given(self, step: Step, policy: trust.Policy) -> trust.Given:
        selection = trust.Selection()
        if "attributes" in step:
            selection = policy.select(step["attributes"])
        return trust.Given(
            previous=word(trust.Verdict, step.get("previous", "none")),
            since=moment(step.get("since")),
            stage=step.get("stage", 0),
            stage_since=moment(step.get("stage_since")),
            flaps=step.get("flaps", 0),
            selection=selection,
            floors=[
                trust.Floor(word(trust.Verdict, floor["verdict"]), floor["reason"])
                for floor in step.get("floors", ())
            ],
            override=word(trust.Verdict, step.get("override", "none")),
        )

    def do_evaluate(self, step: Step) -> Iterable[str]:
        policy = self.policy(step)
        now = moment(step["now"]) if "now" in step else self.now
        findings = trust.Findings([self.finding(f, now) for f in step["findings"]])
        try:
            outcome = policy.evaluate(findings, now, self.given(step, policy))
        except trust.Error as error:
            yield f"! {error.name}"
            return
        yield from summary_lines(outcome.summary)
        yield from map(row_text, outcome.ledger)
        yield from map(action_text, outcome.actions())
        for way in outcome.next():
            yield f"next {way.can_reach} cost={way.cost}" + "".join(f" {s}" for s in way.signals)
        until, exact = outcome.valid_until()
        yield f"valid_until {trust.format_time(until)} exact={exact:d}"

    def column(self, c: Step, count: int) -> trust.Column:
        values: Sequence[int | None] = c["values"]
        more: dict[str, Any] = {}
        if "states" in c:
            more["states"] = bytes(word(trust.State, state) for state in c["states"])
        if "ages" in c:
            assert self.now is not None
            now = int(self.now.timestamp() * 1000)
            more["times"] = array("q", (now - age for age in c["ages"]))
        if "quality" in c:
            more["quality"] = array("I", c["quality"])
        present = bytearray(count // 8 + 1)
        for i, value in enumerate(values):
            present[i // 8] |= (value is not None) << i % 8
        return trust.Column(
            c["kind"],
            array("i", (value or 0 for value in values)),
            present=present,
            source=c.get("source", 0),
            **more,
        )

    def do_evaluate_many(self, step: Step) -> Iterable[str]:
        policy = self.policy(step)
        columns = [self.column(c, step["count"]) for c in step["columns"]]
        out = policy.evaluate_many(
            columns, now=self.now, count=step["count"], given=self.given(step, policy)
        )
        for i in range(step["count"]):
            reason = trust.reason(int(out.reason[i])).code if out.reason[i] else "NONE"
            yield (
                f"{trust.Verdict(out.verdict[i])} risk={out.risk[i]}"
                f" range={out.lowest[i]}..{out.highest[i]} uncertainty={out.uncertainty[i]}"
                f" adverse={out.adverse[i]} {reason}"
            )

    # Addresses.

    def do_table(self, step: Step) -> Iterable[str]:
        table = trust.Table.build(
            [
                trust.Source(
                    source["name"],
                    self.data(source["data"]),
                    trust.SourceFormat.CIDR if "category" in source else trust.SourceFormat.MMDB,
                    CATEGORIES[source["category"]]
                    if "category" in source
                    else trust.ListCategory.OTHER,
                )
                for source in step["sources"]
            ]
        )
        self.engine.use_table(table)
        self.table = table
        for s in table.sources:
            yield (
                f"source {s.name} type={s.type} format={int(s.format)} category={int(s.category)}"
                f" entries={s.entries} built={trust.format_time(s.built)} {s.digest.hex()}"
            )
        yield f"sources {len(table.sources)}"

    def address_text(self, text: str) -> str:
        address = trust.Address(text)
        own = address.classify()
        i = self.table.find(address)
        inner = "" if own.inner is None else f" inner={own.inner}"
        latitude, longitude = (
            "none" if degrees is None else round(degrees * 1000000)
            for degrees in (i.latitude, i.longitude)
        )
        lists = sum(1 << index for index in i.lists)
        categories = sum(1 << category for category in i.categories)
        return (
            f"address {address} {own.address_class} embed={int(own.embed)}{inner}"
            f" found={i.address_class} embed={int(i.embed)} country={i.country} asn={i.asn}"
            f" latitude={latitude} longitude={longitude} radius_km={i.radius_km} lists={lists}"
            f' categories={categories} weight={i.weight} network="{i.network}"'
        )

    def do_find(self, step: Step) -> Iterable[str]:
        for text in step["addresses"]:
            try:
                yield self.address_text(text)
            except trust.Error as error:
                yield f"! {error.name}"

    def do_categories(self, step: Step) -> Iterable[str]:
        for name in step["names"]:
            yield f"category {int(trust.list_category(name))}"

    # Keys, manifests, tokens.

    def do_read_keys(self, step: Step) -> Iterable[str]:
        for key in trust.read_public_keys(self.data(step["data"])):
            yield f"key {key.hex()}"

    def signer(self, step: Step, use: trust.Use) -> trust.Signer:
        if isinstance(step["key"], int):
            return trust.Signer.from_seed(seed(step["key"]), use)
        key = self.data(step["key"])
        if "answer" not in step:
            return trust.Signer.read(key, use)
        answer = self.data(step["answer"])
        return trust.Signer.host(key, lambda data: answer, use)

    def do_sign(self, step: Step) -> Iterable[str]:
        use = trust.Use(step.get("use", trust.Use.DEVICE))
        signer = self.signer(step, use)
        yield f"use {int(signer.use)} key {signer.public_key.hex()}"
        try:
            signature = signer.sign(
                self.data(step["data"]), trust.Use(step.get("as_use", signer.use))
            )
            yield f"signature {signature.hex()}"
            self.save(step, signature)
        except trust.Error as error:
            yield f"! {error.name}"

    def do_keygen(self, step: Step) -> Iterable[str]:
        pair = trust.keygen(lambda size: bytes([step["random"]]) * size)
        yield pair.secret.decode() + pair.public.rstrip("\n")

    def do_manifest(self, step: Step) -> Iterable[str]:
        signer = trust.Signer.from_seed(
            seed(step["key"]), trust.Use(step.get("use", trust.Use.POLICY))
        )
        try:
            text = trust.sign_manifest(
                self.data(step["document"]),
                signer,
                kind=step["kind"],
                id=step["id"],
                revision=step["revision"],
                not_before=moment(step.get("not_before")),
                expires=moment(step.get("expires", "never")),
            )
            self.save(step, text.encode())
            yield text.rstrip("\n")
        except trust.Error as error:
            yield f"! {error.name}"

    def do_verify(self, step: Step) -> Iterable[str]:
        m = trust.verify_manifest(
            self.data(step["manifest"]),
            self.keys(step),
            step["kind"],
            self.data(step["document"]),
            moment(step["now"]) if "now" in step else self.now,
        )
        yield (
            f"manifest {m.kind} {m.id} {m.revision} from={trust.format_time(m.not_before)}"
            f" until={trust.format_time(m.expires)} {m.digest.hex()}"
        )

    def do_attest(self, step: Step) -> Iterable[str]:
        signer = trust.Signer.from_seed(seed(step["key"]), trust.Use.DEVICE)
        components = [
            trust.Component(
                c["name"], self.data(c["digest"]), c.get("version"), self.data(c.get("signer"))
            )
            for c in step["components"]
        ]
        try:
            token = trust.attest(
                signer,
                self.data(step["nonce"]),
                components=components,
                purpose=step.get("purpose"),
                verifier=step.get("verifier"),
                device=step.get("bound_device"),
                attempt=step.get("attempt"),
                channel=self.data(step.get("channel")),
                session_key=self.data(step.get("session_key")),
                sealing_key=self.data(step.get("sealing_key")),
                issued_at=step.get("issued_at"),
                boot_count=step.get("boot_count"),
                debug=step.get("debug", trust.Debug.UNSTATED),
                secure_boot=step.get("secure_boot", trust.Boot.UNSTATED),
            )
            self.save(step, token)
            yield f"token {token.hex()}"
        except trust.Error as error:
            yield f"! {error.name}"

    # Baselines.

    def do_baseline(self, step: Step) -> Iterable[str]:
        baseline = self.baselines.setdefault(step.get("baseline", "b"), trust.Baseline())
        mode = trust.Mode.ASIDE if step.get("aside") else trust.Mode.LEARN
        times = array("q", step["times"]) if "times" in step else None
        values = array("d", step["values"])
        try:
            scores = baseline.observe_many(times, values, mode=mode, raw=True)
            yield from (f"{one} {raw}" for one, raw in zip(scores.surprise, scores.raw))
        except trust.Error as error:
            yield failed(error)
        yield f"state {baseline.save().hex()}"

    def do_restore(self, step: Step) -> Iterable[str]:
        baseline = trust.Baseline.restore(self.data(step["state"]))
        self.baselines[step["baseline"]] = baseline
        yield f"state {baseline.save().hex()}"

    # Words.

    def do_times(self, step: Step) -> Iterable[str]:
        for text in step["texts"]:
            try:
                yield f"time {trust.format_time(trust.parse_time(text))}"
            except trust.Error as error:
                yield f"! {error.name}"

    def do_bundle_device(self, step: Step) -> Iterable[str]:
        yield f"bundle of {trust.bundle_device(self.data(step['data']))}"

    def do_reasons(self, step: Step) -> Iterable[str]:
        for number in range(1, 256):
            try:
                r = trust.reason(number)
            except LookupError:
                continue
            yield f"{r.number} {r.code} {r.severity} {r.text} | {r.subject_text}"

    def do_words(self, step: Step) -> Iterable[str]:
        for status in sorted(trust.Status, reverse=True)[1:]:
            error = make_error(status, None)
            yield f"{int(status)} {error.name} {error.message}"
        for before, names in (
            ("verdict", list(trust.Verdict)),
            ("state", list(trust.State)),
            ("origin", list(trust.Origin)),
            ("lifecycle", list(trust.Lifecycle)),
            ("class", list(trust.AddressClass)),
            ("kind", [kind for kind in trust.Kind if kind]),
        ):
            yield before + "".join(f" {int(name)}:{name}" for name in names)
        yield f"kind {trust.kind_id('acme.tamper')}"


def said(scene: dict[str, Any]) -> Iterable[str]:
    """The lines of a scene."""
    world = World(scene)
    for number, step in enumerate(scene["steps"], 1):
        yield f"# {number} {step['do']}"
        try:
            yield from getattr(world, f"do_{step['do']}")(step)
        except trust.Error as error:
            yield failed(error)


@pytest.mark.parametrize("name", NAMES)
def test_scene(name: str) -> None:
    scene = json.loads((FOLDER / f"{name}.json").read_text())
    expected = (FOLDER / f"{name}.expected").read_text().split("\n")
    lines = "\n".join(said(scene)).split("\n") + [""]
    for number, (line, wanted) in enumerate(zip(lines, expected), 1):
        assert line == wanted, f"{name}.expected, line {number}"
    assert len(lines) == len(expected)


def test_there_are_scenes(checkout: pathlib.Path) -> None:
    assert NAMES
    assert len(NAMES) > 40 or FOLDER != checkout / "tests/vectors/scenes"
