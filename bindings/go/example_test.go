package trust_test

// How an engine and its devices are used, as documentation.

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log"
	"net/netip"
	"time"

	trust "libtrust.example/go"
)

// A policy that weighs who a device is and where it connects from.
const document = `{ "trust_policy": 1, "id": "door", "revision": 1,
	"signals": { "identity": {"weight": 300}, "reputation": {"weight": 100} },
	"verdicts": { "allow": 300, "step_up": 600, "quarantine": 900 } }`

func clock() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// newDoor is an engine that a host would make once.
func newDoor() *trust.Engine {
	policy, err := trust.LoadPolicyUnsigned([]byte(document))
	if err != nil {
		log.Fatal(err)
	}
	defer policy.Close() // the engine keeps it
	engine, err := trust.NewEngine(trust.WithClock(clock), trust.WithPolicy(policy))
	if err != nil {
		log.Fatal(err)
	}
	return engine
}

// Without an answer to a challenge nobody knows that it is this device.
func ExampleDevice_Assess() {
	ctx := context.Background()
	engine := newDoor()
	defer engine.Close()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	device, err := engine.Enroll(ctx, "urn:dev:ops:32473-1", trust.Enrolment{
		Keys:       []ed25519.PublicKey{key},
		Attributes: map[string]string{"class": "lock"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer device.Close()
	evidence, err := device.NewEvidence()
	if err != nil {
		log.Fatal(err)
	}
	defer evidence.Close()
	if err := evidence.AddAddress(netip.MustParseAddr("5.8.1.2")); err != nil {
		log.Fatal(err)
	}
	decision, err := device.Assess(ctx, evidence)
	if err != nil {
		log.Fatal(err)
	}
	defer decision.Close()
	fmt.Println(decision)
	for _, row := range decision.Ledger() {
		fmt.Println(row.Name, row.Points, row.Reason)
	}
	for _, step := range decision.Next() {
		fmt.Println("ask for", step.Signals, "to reach", step.CanReach)
	}
	// Output:
	// urn:dev:ops:32473-1: quarantine risk=759 (304..850): NOT_REQUESTED, NOT_REQUESTED
	// base 450 BASE
	// identity 300 NOT_REQUESTED
	// reputation 9 NOT_REQUESTED
	// ask for [identity] to reach step_up
}

// A challenge is written down before it is shown, and answered once.
func ExampleDevice_Challenge() {
	ctx := context.Background()
	engine := newDoor()
	defer engine.Close()
	device, err := engine.Enroll(ctx, "urn:dev:ops:32473-1", trust.Enrolment{})
	if err != nil {
		log.Fatal(err)
	}
	defer device.Close()
	challenge, err := device.Challenge(ctx, trust.ChallengeRequest{TTL: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	defer challenge.Close()
	fmt.Println(len(challenge.Nonce()), challenge.Deadline().Format(time.RFC3339))
	// Output: 32 2026-11-23T10:01:00Z
}

// Errors compare with a status, and tell where a document is wrong.
func ExampleError() {
	_, err := trust.LoadPolicyUnsigned([]byte("{\n  \"trust_policy\": one }"))
	var failed *trust.Error
	if errors.Is(err, trust.ErrFormat) && errors.As(err, &failed) {
		fmt.Println("line", failed.Line, "column", failed.Column)
	}
	// Output: line 2 column 19
}

// Many assessments cross into C once.
func ExampleEngine_AssessMany() {
	ctx := context.Background()
	engine := newDoor()
	defer engine.Close()
	var jobs []trust.Job
	for _, id := range []string{"lock-1", "lock-2"} {
		device, err := engine.Enroll(ctx, id, trust.Enrolment{})
		if err != nil {
			log.Fatal(err)
		}
		defer device.Close()
		evidence, err := device.NewEvidence()
		if err != nil {
			log.Fatal(err)
		}
		defer evidence.Close()
		jobs = append(jobs, trust.Job{Device: device, Evidence: evidence})
	}
	for i, judgement := range engine.AssessMany(ctx, jobs) {
		if judgement.Err != nil {
			log.Fatal(judgement.Err)
		}
		fmt.Println(jobs[i].Device.ID(), judgement.Decision.Verdict())
		judgement.Decision.Close()
	}
	// Output:
	// lock-1 quarantine
	// lock-2 quarantine
}
