package trust

// Engines, devices, evidence and decisions, as a program uses them and as it should not.

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// door weighs an identity and an address.
const door = `{ "trust_policy": 1, "id": "door", "revision": 1, "signals": {
	"identity": {"weight": 300}, "reputation": {"weight": 100} },
	"verdicts": {"allow": 300, "step_up": 600, "quarantine": 900} }`

// ajar lets in whoever comes.
const ajar = `{ "trust_policy": 1, "id": "ajar", "revision": 1, "base": 100, "signals": {
	"identity": {"weight": 10}, "reputation": {"weight": 10} },
	"verdicts": {"allow": 900, "step_up": 950, "quarantine": 980},
	"limits": {"adverse": 1000, "uncertainty": 1000} }`

var background = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%v, not %v", err, want)
	}
}

func loadText(t testing.TB, text string) *Policy {
	t.Helper()
	policy, err := LoadPolicyUnsigned([]byte(text))
	must(t, err)
	t.Cleanup(func() { policy.Close() })
	return policy
}

func atNoon() time.Time { return noon }

// newEngine is an engine with the door's policy, on a clock that stands still, unless options say
// otherwise.
func newEngine(t testing.TB, options ...Option) *Engine {
	t.Helper()
	options = append([]Option{WithClock(atNoon), WithPolicy(loadText(t, door))}, options...)
	engine, err := NewEngine(options...)
	must(t, err)
	t.Cleanup(func() { engine.Close() })
	return engine
}

func newKey(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, secret, err := ed25519.GenerateKey(nil)
	must(t, err)
	return public, secret
}

// enroll is a device with a key, and evidence about it that holds nothing.
func enroll(t testing.TB, engine *Engine, id string) (*Device, *Evidence) {
	t.Helper()
	public, _ := newKey(t)
	device, err := engine.Enroll(background, id, Enrolment{Keys: []ed25519.PublicKey{public}})
	must(t, err)
	t.Cleanup(func() { device.Close() })
	evidence, err := device.NewEvidence()
	must(t, err)
	t.Cleanup(func() { evidence.Close() })
	return device, evidence
}

func TestEngineRefuses(t *testing.T) {
	_, err := NewEngine(WithVerifier("a\x00b"))
	wants(t, err, ErrArgument)
	_, err = NewEngine(WithVerifier(strings.Repeat("v", 64)))
	wants(t, err, ErrArgument)
	_, err = NewEngine(nil)
	wants(t, err, ErrArgument)
	closed := loadText(t, door)
	closed.Close()
	_, err = NewEngine(WithPolicy(closed))
	wants(t, err, ErrClosed)
	engine := newEngine(t)
	wants(t, engine.UsePolicy(background, nil), ErrArgument)
	wants(t, engine.SetSourceDown(KindNone, true), ErrArgument)
	must(t, engine.SetSourceDown(KindReputation, true))
	must(t, engine.SetSourceDown(KindReputation, false))
	must(t, engine.UseTable(nil))
	must(t, engine.UseReference(nil))
	if now := engine.Now(); !now.Equal(noon) {
		t.Error(now)
	}
	plain, err := NewEngine()
	must(t, err)
	defer plain.Close()
	if off := time.Since(plain.Now()); off < -time.Minute || off > time.Minute {
		t.Errorf("the system's clock is off by %v", off)
	}
}

func TestDevice(t *testing.T) {
	engine := newEngine(t)
	public, _ := newKey(t)
	attributes := map[string]string{"class": "lock", "country": "DE", "role": "front"}
	enrolment := Enrolment{Keys: []ed25519.PublicKey{public}, Attributes: attributes}
	device, err := engine.Enroll(background, "lock-1", enrolment)
	must(t, err)
	_, err = engine.Enroll(background, "lock-1", enrolment)
	wants(t, err, ErrExists)
	_, err = engine.Open(background, "lock-2")
	wants(t, err, ErrNotFound)
	for _, id := range []string{"", "a\x00b", "a\nb", "\xff", strings.Repeat("x", 256)} {
		_, err = engine.Enroll(background, id, Enrolment{})
		wants(t, err, ErrArgument)
		_, err = engine.Open(background, id)
		wants(t, err, ErrArgument)
	}
	_, err = engine.Enroll(background, "x", Enrolment{Keys: []ed25519.PublicKey{public[:31]}})
	wants(t, err, ErrArgument)
	_, err = engine.Enroll(background, "x", Enrolment{Keys: make([]ed25519.PublicKey, 5)})
	wants(t, err, ErrArgument)
	_, err = engine.Enroll(background, "x", Enrolment{Attributes: map[string]string{"a\x00": "b"}})
	wants(t, err, ErrArgument)

	other, err := engine.Open(background, "lock-1")
	must(t, err)
	defer other.Close()
	keys, err := other.Keys()
	must(t, err)
	got, err := other.Attributes()
	must(t, err)
	if other.ID() != "lock-1" || len(keys) != 1 || !keys[0].Equal(public) || !reflect.DeepEqual(got, attributes) {
		t.Error(other.ID(), keys, got)
	}
	must(t, device.SetLifecycle(background, Suspended))
	must(t, other.Reload(background))
	info, err := other.Info()
	must(t, err)
	if info.Lifecycle != Suspended || info.Lifecycle.String() != "suspended" || info.Keys != 1 ||
		info.Attributes != 3 || !info.Enrolled.Equal(noon) || !info.Decided.IsZero() {
		t.Errorf("%+v", info)
	}
	must(t, device.SetLifecycle(background, Revoked))
	wants(t, device.SetLifecycle(background, Enrolled), ErrState)
}

func TestChallenge(t *testing.T) {
	device, _ := enroll(t, newEngine(t, WithRandom(bytes.NewReader(bytes.Repeat([]byte{7}, 64)))), "lock-1")
	request := ChallengeRequest{
		Kinds: []Kind{KindIdentity}, TTL: time.Minute, Purpose: "onboarding", Attempt: "first",
	}
	challenge, err := device.Challenge(background, request)
	must(t, err)
	defer challenge.Close()
	if !bytes.Equal(challenge.Nonce(), bytes.Repeat([]byte{7}, 32)) || !challenge.Issued().Equal(noon) ||
		!challenge.Deadline().Equal(noon.Add(time.Minute)) {
		t.Error(challenge.Nonce(), challenge.Issued(), challenge.Deadline())
	}
	must(t, device.Delivered(background, challenge.ID()))
	wants(t, device.Delivered(background, 99), ErrNotFound)
	adopted, err := device.Adopt(background, []byte("another's nonce"), ChallengeRequest{})
	must(t, err)
	defer adopted.Close()
	if string(adopted.Nonce()) != "another's nonce" || adopted.ID() == challenge.ID() {
		t.Error(adopted.Nonce())
	}
	_, err = device.Adopt(background, []byte("another's nonce"), ChallengeRequest{})
	wants(t, err, ErrExists)
	_, err = device.Adopt(background, nil, ChallengeRequest{})
	wants(t, err, ErrArgument)
	for _, bad := range []ChallengeRequest{
		{TTL: time.Microsecond}, {TTL: -time.Second}, {TTL: math.MaxInt64}, {Purpose: "a\x00"},
		{Attempt: strings.Repeat("a", 64)}, {Kinds: make([]Kind, 9)},
	} {
		_, err = device.Challenge(background, bad)
		wants(t, err, ErrArgument)
	}
	info, err := device.Info()
	must(t, err)
	if info.OpenChallenges != 2 {
		t.Errorf("%+v", info)
	}
}

func TestEvidence(t *testing.T) {
	_, evidence := enroll(t, newEngine(t), "lock-1")
	must(t, evidence.AddAddress(netip.MustParseAddr("192.0.2.7")))
	must(t, evidence.AddAddress(netip.MustParseAddr("fe80::1%eth0")))
	wants(t, evidence.AddAddress(netip.Addr{}), ErrFormat)
	wants(t, evidence.AddAddressText("192.0.2.07"), ErrFormat)
	wants(t, evidence.AddAddressText("192.0.2.7\x00"), ErrArgument)
	must(t, evidence.AddMetric("tx_bytes", 12, time.Time{}))
	must(t, evidence.AddMetric("tx_bytes", 12, noon))
	for _, value := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		wants(t, evidence.AddMetric("tx_bytes", value, noon), ErrArgument)
	}
	wants(t, evidence.AddMetric("tx bytes", 1, noon), ErrArgument)
	must(t, evidence.Add(FromDevice, TypeEATCWT, []byte("no token")))
	must(t, evidence.Add(FromDevice, "x/y", nil))
	wants(t, evidence.Add(FromDevice, "x/y\x00", nil), ErrArgument)
	wants(t, evidence.Add(0, "x/y", nil), ErrArgument)
	wants(t, evidence.Add(FromDevice, "x/y", make([]byte, 65537)), ErrLimit)
	if evidence.Len() != 6 {
		t.Error(evidence.Len())
	}
	must(t, evidence.SetChannel(nil))
	must(t, evidence.SetChannel(make([]byte, 64)))
	wants(t, evidence.SetChannel(make([]byte, 65)), ErrLimit)
	must(t, evidence.SetAttempt(""))
	must(t, evidence.SetAttempt("first"))
	wants(t, evidence.SetAttempt("\x00"), ErrArgument)
	must(t, evidence.SetRequestID([]byte{0, 1, 2}))
	wants(t, evidence.SetRequestID(nil), ErrArgument)
	must(t, evidence.Clear())
	for i := 0; i < 64; i++ {
		must(t, evidence.Add(FromHost, "x/y", []byte{1}))
	}
	wants(t, evidence.Add(FromHost, "x/y", []byte{1}), ErrLimit)
}

// A connection is an ordinary place for bytes: beside pointers, in the same struct.
func TestEvidenceFromABufferBesidePointers(t *testing.T) {
	_, evidence := enroll(t, newEngine(t), "lock-1")
	connection := &struct {
		name   *string
		buffer [64]byte
	}{name: new(string)}
	must(t, evidence.Add(FromDevice, "x/y", connection.buffer[:10]))
	must(t, evidence.SetChannel(connection.buffer[:32]))
	must(t, evidence.SetRequestID(connection.buffer[:32]))
}

func TestBundle(t *testing.T) {
	_, evidence := enroll(t, newEngine(t), "lock-1")
	files := fstest.MapFS{
		"folder/human.json": {Data: []byte("{}")},
		"large":             {Data: make([]byte, 65537)},
	}
	naming := func(name string) []byte {
		return []byte(`{"device": "lock-1", "items": [{"type": "x/y", "file": "` + name + `"}]}`)
	}
	must(t, evidence.AddBundle(FromHost, naming("folder/human.json"), files))
	if evidence.Len() != 1 {
		t.Error(evidence.Len())
	}
	for _, name := range []string{"none", "../engine.go", "/etc/hostname", "large", "a\\u0000b"} {
		if err := evidence.AddBundle(FromHost, naming(name), files); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	wants(t, evidence.AddBundle(FromHost, naming("large"), files), ErrLimit)
	wants(t, evidence.AddBundle(FromHost, naming("folder/human.json"), nil), ErrFormat)
	wants(t, evidence.AddBundle(FromDevice, naming("folder/human.json"), files), ErrFormat)
	var failed *Error
	err := evidence.AddBundle(FromHost, []byte("{\n\"items\": [7]}"), nil)
	if !errors.As(err, &failed) || failed.Status != ErrFormat || failed.Line != 2 || failed.Where == "" {
		t.Errorf("%#v", err)
	}
	if evidence.Len() != 1 {
		t.Error("a part of a bundle was taken", evidence.Len())
	}
	id, err := BundleDevice(naming("x"))
	if err != nil || id != "lock-1" {
		t.Error(id, err)
	}
	_, err = BundleDevice([]byte(`{"items": []}`))
	wants(t, err, ErrNotFound)
	_, err = BundleDevice(nil)
	wants(t, err, ErrFormat)
}

func TestAssess(t *testing.T) {
	device, evidence := enroll(t, newEngine(t), "lock-1")
	must(t, evidence.AddAddressText("192.0.2.7"))
	due, err := device.Observe(background, evidence)
	if err != nil || !due {
		t.Error(due, err)
	}
	preview, err := device.Preview(background, evidence)
	must(t, err)
	defer preview.Close()
	decision, err := device.Assess(background, evidence)
	must(t, err)
	defer decision.Close()
	if !preview.Info().Preview || decision.Info().Preview {
		t.Error("which was the preview?")
	}
	into, err := device.Preview(background, evidence)
	must(t, err)
	defer into.Close()
	must(t, device.AssessInto(background, evidence, into))
	if into.Info().Preview || into.Verdict() != decision.Verdict() {
		t.Error(into)
	}
	_, err = device.Assess(background, nil)
	wants(t, err, ErrArgument)
	wants(t, device.AssessInto(background, evidence, nil), ErrArgument)
	other, _ := enroll(t, newEngine(t), "lock-1")
	_, err = other.Assess(background, evidence)
	wants(t, err, ErrArgument)
	bare, err := NewEngine()
	must(t, err)
	defer bare.Close()
	lone, nothing := enroll(t, bare, "lock-1")
	_, err = lone.Assess(background, nothing)
	wants(t, err, ErrState)
}

// quarantined is a decision about a lock of which only the address is known.
func quarantined(t *testing.T) *Decision {
	t.Helper()
	device, evidence := enroll(t, newEngine(t), "lock-1")
	must(t, evidence.AddAddressText("192.0.2.7"))
	decision, err := device.Assess(background, evidence)
	must(t, err)
	t.Cleanup(func() { decision.Close() })
	return decision
}

func TestDecisionSaysWhatItsJSONSays(t *testing.T) {
	decision := quarantined(t)
	written, err := decision.MarshalJSON()
	must(t, err)
	var read struct {
		Device  string
		Verdict string
		Risk    int
		Range   [2]int32
		Profile string
		Binding string
		Replay  string `json:"replay_protection"`
		Ledger  []struct {
			Row    string
			Points int
			Why    string
		}
		Next []struct {
			Cost int
		}
	}
	must(t, json.Unmarshal(written, &read))
	info := decision.Info()
	if decision.DeviceID() != read.Device || read.Verdict != decision.Verdict().String() ||
		read.Risk != decision.Risk() || int32(read.Risk) != info.Risk ||
		read.Range != [2]int32{info.Lowest, info.Highest} || read.Profile != decision.Profile() ||
		read.Binding != info.Binding.String() || read.Replay != info.Replay.String() {
		t.Errorf("%s\n%+v", written, info)
	}
	for i, row := range decision.Ledger() {
		if w := read.Ledger[i]; row.Name != w.Row || row.Points != w.Points || row.Reason.String() != w.Why {
			t.Errorf("%+v", row)
		}
	}
	if len(read.Ledger) != info.Rows || len(read.Next) != info.Steps {
		t.Errorf("%s\n%+v", written, info)
	}
	through, err := json.Marshal(decision)
	if err != nil || !bytes.Equal(through, written) {
		t.Errorf("%s %v", through, err)
	}
}

func TestDecision(t *testing.T) {
	decision := quarantined(t)
	info, ledger, sum := decision.Info(), decision.Ledger(), 0
	for _, row := range ledger {
		sum += row.Points
	}
	if decision.Verdict() != Quarantine || sum != decision.Risk() || len(ledger) != info.Rows {
		t.Error("the ledger makes", sum)
	}
	if next := decision.Next(); len(next) != info.Steps ||
		len(next) == 0 || next[0].Signals[0] != "identity" || next[0].CanReach != StepUp {
		t.Errorf("%+v", next)
	}
	if items := decision.Items(); len(items) != 1 || items[0].Type != TypeAddress || items[0].Origin != FromHost {
		t.Errorf("%+v", items)
	}
	if len(decision.Findings()) != info.Findings || decision.Stage() != "" || decision.Needs() != nil ||
		decision.Actions() != nil || len(decision.Reasons()) != 2 {
		t.Error(decision.Findings(), decision.Reasons())
	}
}

func TestDecisionExplains(t *testing.T) {
	decision := quarantined(t)
	text, err := decision.Explain(ForOperator)
	if err != nil || !strings.Contains(text, "lock-1: quarantine") {
		t.Error(text, err)
	}
	subject, err := decision.Explain(ForSubject)
	if err != nil || subject == text {
		t.Error(subject, err)
	}
	_, err = decision.Explain(3)
	wants(t, err, ErrArgument)
}

// The line of a decision is the one that Python's Decision shows about the same lock.
func TestDecisionLine(t *testing.T) {
	policy := loadText(t, `{"trust_policy": 1, "id": "door", "revision": 1, "signals": {"identity": {"weight": 300}},
		"verdicts": {"allow": 350, "step_up": 475, "quarantine": 650}}`)
	device, evidence := enroll(t, newEngine(t, WithPolicy(policy)), "urn:dev:ops:32473-lock")
	must(t, evidence.AddAddressText("203.0.113.9"))
	decision, err := device.Assess(background, evidence)
	must(t, err)
	if got := decision.String(); got != "urn:dev:ops:32473-lock: deny risk=750 (321..750): NOT_REQUESTED" {
		t.Error(got)
	}
	must(t, decision.Close())
	if got := decision.String(); got != "deny risk=1000 (0..0): no reason" || decision.DeviceID() != "" {
		t.Error(got)
	}
}

func TestClosedDecisionDenies(t *testing.T) {
	device, evidence := enroll(t, newEngine(t, WithPolicy(loadText(t, ajar))), "lock-1")
	decision, err := device.Assess(background, evidence)
	must(t, err)
	if decision.Verdict() != Allow {
		t.Fatal(decision)
	}
	must(t, decision.Close())
	info := decision.Info()
	if decision.Verdict() != Deny || decision.Risk() != 1000 || info.Verdict != Deny || info.Risk != 1000 ||
		decision.Ledger() != nil || decision.Findings() != nil || decision.Next() != nil ||
		decision.Items() != nil || decision.Actions() != nil || decision.Needs() != nil || decision.Profile() != "" {
		t.Errorf("%+v", info)
	}
	_, err = decision.MarshalJSON()
	wants(t, err, ErrClosed)
	_, err = decision.Explain(ForOperator)
	wants(t, err, ErrClosed)
	wants(t, device.AssessInto(background, evidence, decision), ErrClosed)
}

func TestAssessMany(t *testing.T) {
	engine := newEngine(t)
	first, about := enroll(t, engine, "lock-1")
	second, foreign := enroll(t, engine, "lock-2")
	closed, nothing := enroll(t, engine, "lock-3")
	must(t, closed.Close())
	jobs := []Job{
		{first, about}, {second, about}, {closed, nothing}, {}, {first, about}, {second, foreign},
	}
	errs := []error{nil, ErrArgument, ErrClosed, ErrArgument, nil, nil}
	judgements := engine.AssessMany(background, jobs)
	for i, judgement := range judgements {
		if errs[i] != nil {
			wants(t, judgement.Err, errs[i])
		}
		if (judgement.Err == nil) != (errs[i] == nil) || (judgement.Decision == nil) != (errs[i] != nil) {
			t.Errorf("%d: %+v", i, judgement)
		}
	}
	info, err := first.Info()
	if err != nil || info.Decisions != 2 {
		t.Error(info.Decisions, err)
	}
	if got := engine.AssessMany(background, nil); len(got) != 0 {
		t.Error(got)
	}
	engine.Close()
	wants(t, engine.AssessMany(background, jobs[:1])[0].Err, ErrClosed)
}

// Whoever changes the jobs while they are assessed, what was taken is what is given back.
func TestJobsThatChangeMeanwhile(t *testing.T) {
	store := newShelf()
	engine := newEngine(t, WithStore(store))
	first, about := enroll(t, engine, "lock-1")
	second, foreign := enroll(t, engine, "lock-2")
	jobs := []Job{{first, about}}
	store.before = func(context.Context, string) error {
		jobs[0] = Job{second, foreign}
		return nil
	}
	must(t, engine.AssessMany(background, jobs)[0].Err)
	store.before = nil
	for _, device := range []*Device{first, second} {
		if inUse := device.state.Load(); inUse != 0 {
			t.Errorf("%s: %d calls are left", device.ID(), inUse)
		}
	}
}

func TestAppraise(t *testing.T) {
	engine := newEngine(t)
	public, _ := newKey(t)
	item := Appraisal{
		Type: TypeEATCWT, Data: []byte("no token"), Keys: []ed25519.PublicKey{public},
		Nonce: make([]byte, 8), DeviceClass: "lock",
	}
	result, err := engine.Appraise(background, item)
	must(t, err)
	defer result.Close()
	info, err := result.Info()
	must(t, err)
	findings, err := result.Findings()
	must(t, err)
	if info.State != StateUnbound && info.State != StateInvalid || info.Tier != 99 || len(findings) != info.Findings {
		t.Errorf("%+v %+v", info, findings)
	}
	plain, err := result.MarshalJSON()
	must(t, err)
	claims, err := result.JSON(true)
	must(t, err)
	if !json.Valid(plain) || !json.Valid(claims) {
		t.Errorf("%s %s", plain, claims)
	}
	for _, bad := range []Appraisal{
		{}, {Type: "a\x00"}, {Type: "x/y", Keys: []ed25519.PublicKey{nil}},
		{Type: "x/y", Keys: []ed25519.PublicKey{public, public, public, public, public}},
		{Type: "x/y", Nonce: []byte{1}}, {Type: "x/y", Channel: make([]byte, 65)}, {Type: "x/y", Origin: 9},
	} {
		_, err := engine.Appraise(background, bad)
		wants(t, err, ErrArgument)
	}
	result.Close()
	_, err = result.Info()
	wants(t, err, ErrClosed)
	_, err = result.JSON(false)
	wants(t, err, ErrClosed)
}

func TestErrors(t *testing.T) {
	for status := ErrArgument; status >= ErrHost; status-- {
		err := error(&Error{Status: status, Message: "m", Cause: context.Canceled})
		var found Status
		if !errors.Is(err, status) || errors.Is(err, status-1) || !errors.As(err, &found) || found != status ||
			!errors.Is(err, context.Canceled) {
			t.Error(status)
		}
		if !strings.HasPrefix(status.Name(), "TRUST_E_") || strings.HasSuffix(status.Name(), "?") ||
			!strings.HasPrefix(status.Error(), "trust: ") {
			t.Error(status.Name(), status)
		}
	}
	long := &Error{Message: "m", Where: "/a", Line: 2, Column: 3, Cause: context.Canceled}
	if got := long.Error(); got != "trust: m at /a (line 2, column 3): context canceled" {
		t.Error(got)
	}
	if Version() == "" {
		t.Error("no version")
	}
}
