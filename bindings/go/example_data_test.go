package trust_test

// How policies, tables, keys, manifests, tokens, batches and baselines are used, as documentation.

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log"
	"net/netip"
	"os"
	"time"

	trust "libtrust.example/go"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func read(name string) []byte {
	data, err := os.ReadFile("../../examples/" + name)
	if err != nil {
		log.Fatal(err)
	}
	return data
}

func consumer() *trust.Policy {
	policy, err := trust.LoadPolicyUnsigned(read("policies/consumer.json"))
	if err != nil {
		log.Fatal(err)
	}
	return policy
}

func ExampleLoadPolicyUnsigned() {
	_, err := trust.LoadPolicyUnsigned([]byte(`{ "trust_policy": 1, "id": "x", "weigth": 3 }`))
	var failed *trust.Error
	if errors.Is(err, trust.ErrFormat) && errors.As(err, &failed) {
		fmt.Printf("line %d, column %d: %s\n", failed.Line, failed.Column, failed.Message)
	}
	// Output: line 1, column 43: unknown member 'weigth'
}

func ExamplePolicy_Evaluate() {
	policy := consumer()
	defer policy.Close()
	hub, err := policy.Select(map[string]string{"role": "hub", "risk_class": "1"})
	if err != nil {
		log.Fatal(err)
	}
	findings := []trust.Finding{
		trust.NewFinding(trust.KindIdentity, 2, noon), // affirming
		trust.NewFinding(trust.KindAttestation, 2, noon),
		trust.NewFinding(trust.KindPlace, 1000, noon), // as far from home as can be
	}
	outcome, err := policy.Evaluate(findings, trust.Input{Now: noon, Selection: hub})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.Verdict, outcome.Risk)
	rows, err := outcome.Ledger()
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range rows {
		fmt.Println(row.Points, row.Name)
	}
	// Output:
	// step_up 306
	// 440 base
	// -160 attestation
	// 17 behaviour
	// 30 human
	// -137 identity
	// 67 place
	// 12 reputation
	// 37 cap device
}

func ExamplePolicy_EvaluateMany() {
	policy := consumer()
	defer policy.Close()
	out, err := policy.EvaluateMany(trust.Batch{
		Count: 3, // devices
		Input: trust.Input{Now: noon},
		Columns: []trust.Column{
			{Kind: trust.KindIdentity, Values: []int32{2, 2, 96}},
			{Kind: trust.KindAttestation, Values: []int32{2, 0, 2}, Present: []byte{0b101}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Verdict, out.Risk)
	// Output: [step_up step_up deny] [250 433 670]
}

func ExampleLintPolicy() {
	report, err := trust.LintPolicy([]byte(`{ "trust_policy": 1, "id": "x", "revision": 1,
  "signals": { "human": {"weight": 100, "absent": 0} },
  "verdicts": { "allow": 400, "step_up": 475, "quarantine": 650 } }`))
	if err != nil {
		log.Fatal(err)
	}
	for _, remark := range report {
		if remark.Severity >= trust.SeverityWarning {
			fmt.Println(remark.Line, remark.Code, remark.Number)
		}
	}
	// Output:
	// 2 WITHHOLDING_GAIN 100
	// 3 VERDICT_UNREACHABLE 0
}

func ExampleBuildTable() {
	table, err := trust.BuildTable([]trust.Source{
		{Name: "vpn", Format: trust.SourceCIDR, Category: trust.ListVPN, Data: []byte("45.140.8.0/22 # exits\n")},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer table.Close()
	info, err := table.Find(netip.MustParseAddr("::ffff:45.140.9.1"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Class, info.On(trust.ListVPN), info.Weight)
	// Output: global true 60
}

func ExampleClassify() {
	class, inner, embed, err := trust.Classify(netip.MustParseAddr("2002:a00:1::"))
	fmt.Println(class, inner, embed == trust.Embed6to4, err)
	// Output: private 10.0.0.1 true <nil>
}

func ExampleBaseline() {
	baseline, err := trust.NewBaseline()
	if err != nil {
		log.Fatal(err)
	}
	defer baseline.Close()
	usual := make([]float64, 300)
	times := make([]trust.Millis, len(usual)) // a minute apart
	for i := range usual {
		usual[i] = 20 + float64(i%7)
		times[i] = trust.MillisOf(noon.Add(time.Duration(i) * time.Minute))
	}
	if _, err := baseline.Observe(times, usual, trust.Learn); err != nil {
		log.Fatal(err)
	}
	scores, err := baseline.Observe(nil, []float64{22, 90}, trust.LearnAside)
	fmt.Println(scores[0] < 10, scores[1] >= 20, err)
	// Output: true true <nil>
}

func ExampleSignManifest() {
	secret, public, err := trust.GenerateKey(nil)
	if err != nil {
		log.Fatal(err)
	}
	signer, err := trust.ReadSigner(secret, trust.UsePolicy)
	if err != nil {
		log.Fatal(err)
	}
	defer signer.Close()
	document := read("policies/consumer.json")
	manifest, err := trust.SignManifest(trust.Manifest{Kind: "policy", ID: "consumer", Revision: 1,
		Expires: noon.AddDate(1, 0, 0)}, document, signer)
	if err != nil {
		log.Fatal(err)
	}

	// Elsewhere, with the public key alone:
	keys, err := trust.ReadPublicKeys(public)
	if err != nil {
		log.Fatal(err)
	}
	policy, err := trust.LoadPolicy(document, []byte(manifest), keys, noon)
	if err != nil {
		log.Fatal(err)
	}
	defer policy.Close()
	_, err = trust.LoadPolicy(document, []byte(manifest), keys, noon.AddDate(1, 0, 0))
	fmt.Println(errors.Is(err, trust.ErrState))
	// Output: true
}

func ExampleAttest() {
	key, err := trust.NewSigner([]byte("an example's key is no secret..."), trust.UseDevice)
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	nonce := bytes.Repeat([]byte{7}, 32) // of the challenge
	token, err := trust.Attest(key, trust.Claims{Nonce: nonce, SecureBoot: trust.BootSecure})
	if err != nil {
		log.Fatal(err)
	}
	engine, err := trust.NewEngine()
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	result, err := engine.Appraise(context.Background(), trust.Appraisal{Type: trust.TypeEATCWT, Data: token,
		Keys: []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}, Nonce: nonce})
	if err != nil {
		log.Fatal(err)
	}
	defer result.Close()
	info, err := result.Info()
	fmt.Println(info.State, err)
	// Output: valid <nil>
}

func ExampleReasonOf() {
	reason := trust.ReasonOf("NONCE_FOREIGN")
	fmt.Println(reason.Severity(), reason.Text())
	fmt.Println(reason.SubjectText())
	// Output:
	// 2 the nonce answers no open challenge of this device
	// The answer was not for this request. Try again.
}

func ExampleParseTime() {
	at, err := trust.ParseTime("2026-11-23T13:00:00+01:00")
	fmt.Println(at, trust.MillisOf(at), err)
	// Output: 2026-11-23 12:00:00 +0000 UTC 2026-11-23T12:00:00Z <nil>
}

func ExampleKindOf() {
	fmt.Println(trust.KindOf("identity") == trust.KindIdentity, trust.KindOf("acme.tamper") != trust.KindNone)
	// Output: true true
}
