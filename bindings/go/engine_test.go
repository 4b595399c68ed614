package trust

import (
	"context"
	"crypto/ed25519"
	"testing"
	"time"
)

// door weighs an identity and an address.
const door = `{ "trust_policy": 1, "id": "door", "revision": 1, "signals": {
	"identity": {"weight": 300}, "reputation": {"weight": 100} },
	"verdicts": {"allow": 300, "step_up": 600, "quarantine": 900} }`

var (
	background = context.Background()
	morning    = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// doorPolicy is the policy above.
func doorPolicy(t testing.TB) *Policy {
	t.Helper()
	policy, err := LoadPolicyUnsigned([]byte(door))
	must(t, err)
	t.Cleanup(func() { policy.Close() })
	return policy
}

// newEngine is an engine with that policy, on a clock that stands still unless options say otherwise.
func newEngine(t testing.TB, options ...Option) *Engine {
	t.Helper()
	clock := WithClock(func() time.Time { return morning })
	engine, err := NewEngine(append([]Option{clock, WithPolicy(doorPolicy(t))}, options...)...)
	must(t, err)
	t.Cleanup(func() { engine.Close() })
	return engine
}

// enroll is a device with a key, and evidence about it that holds nothing.
func enroll(t testing.TB, engine *Engine, id string) (*Device, *Evidence) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	must(t, err)
	device, err := engine.Enroll(background, id, Enrolment{Keys: []ed25519.PublicKey{public}})
	must(t, err)
	t.Cleanup(func() { device.Close() })
	evidence, err := device.NewEvidence()
	must(t, err)
	t.Cleanup(func() { evidence.Close() })
	return device, evidence
}

func TestAssess(t *testing.T) {
	device, evidence := enroll(t, newEngine(t), "lock-1")
	must(t, evidence.AddAddressText("192.0.2.7"))
	decision, err := device.Assess(background, evidence)
	must(t, err)
	defer decision.Close()
	t.Log(decision)
	json, err := decision.MarshalJSON()
	must(t, err)
	t.Logf("%s", json)
	text, err := decision.Explain(ForOperator)
	must(t, err)
	t.Log(text)
}
