package trust

// Policies as they are loaded, chosen from and asked about.

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// noon is the time of every test that needs one.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func readExample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func loadExample(t testing.TB, name string) *Policy {
	t.Helper()
	policy, err := LoadPolicyUnsigned(readExample(t, "policies/"+name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { policy.Close() })
	return policy
}

func TestLoadPolicyUnsigned(t *testing.T) {
	policy := loadExample(t, "consumer")
	info, err := policy.Info()
	if err != nil {
		t.Fatal(err)
	}
	if info.ID != "consumer" || info.Revision != 1 || info.Signed || info.Bands.Allow != 300 {
		t.Errorf("%+v", info)
	}
	_, err = LoadPolicyUnsigned([]byte("{\n  \"trust_policy\": x }"))
	var failed *Error
	if !errors.Is(err, ErrFormat) || !errors.As(err, &failed) || failed.Line != 2 || failed.Column != 19 {
		t.Errorf("%#v", err)
	}
	if _, err := LoadPolicyUnsigned(nil); !errors.Is(err, ErrFormat) {
		t.Errorf("no document: %v", err)
	}
}

func TestPolicyInfo(t *testing.T) {
	info, err := loadExample(t, "consumer").Info()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, signal := range info.Signals {
		names = append(names, signal.Name)
	}
	if strings.Join(names, " ") != "attestation behaviour human identity place reputation" {
		t.Error(names)
	}
	human, place := info.Signals[2], info.Signals[4]
	if human.Kind != KindHuman || human.Scale != ScaleAR4SI || human.Cost != 5 || human.Action != "ask_owner" ||
		human.Absent != 30 || human.SourceDown != 40 || human.Most != 160 {
		t.Errorf("%+v", human)
	}
	if place.HalfLifeBad != 72*time.Hour || place.TTLBad != 14*24*time.Hour || place.Scale != ScalePermille ||
		len(place.Curve) != 3 || place.Curve[1] != (Knot{400, 15}) || place.Most != 80 || place.Least != -30 {
		t.Errorf("%+v", place)
	}
	if len(info.Groups) != 4 || info.Groups[1] != (Group{"device", -260, 520}) {
		t.Errorf("%+v", info.Groups)
	}
	fake, odd := info.Gates[0], info.Gates[4]
	if fake.ID != "fake" || fake.Floor != Deny || fake.Reason != ReasonOf("IDENTITY_MISMATCH") ||
		fake.Conditions[0] != (Condition{Signal: "identity", Asks: AsksAtLeast, Limit: 96}) {
		t.Errorf("%+v", fake)
	}
	if odd.Need != 2 || len(odd.Conditions) != 3 || odd.Final || info.Gates[3].Conditions[0].Asks != AsksAbsent {
		t.Errorf("%+v", odd)
	}
	byDefault, simple := info.Profiles[0], info.Profiles[2]
	if byDefault.ID != "default" || byDefault.When != "" || byDefault.Adverse != 90 || byDefault.Exempt != nil {
		t.Errorf("%+v", byDefault)
	}
	if simple.When == "" || simple.Bands.Base != 400 || strings.Join(simple.Exempt, " ") != "attestation" {
		t.Errorf("%+v", simple)
	}
	if h := info.Hysteresis; h != (Hysteresis{20, 2, time.Minute, 2 * time.Hour}) || info.Hash == [32]byte{} {
		t.Errorf("%+v", h)
	}
	if info.Overrides.Mildest != NoVerdict || len(info.Stages) != 0 {
		t.Errorf("%+v %v", info.Overrides, info.Stages)
	}
}

func TestPolicyStages(t *testing.T) {
	policy, err := LoadPolicyUnsigned([]byte(`{ "trust_policy": 1, "id": "staged", "revision": 1,
		"signals": { "identity": {"weight": 300}, "human": {"weight": 100} },
		"verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 },
		"stages": [ {"id": "new", "needs": ["human"], "timeout": "1h", "on_timeout": "deny"}, {"id": "known"} ],
		"overrides": {"may_lower_to": "step_up", "approvals": 2, "max_ttl": "2h", "roles": ["security"]} }`))
	if err != nil {
		t.Fatal(err)
	}
	defer policy.Close()
	info, err := policy.Info()
	if err != nil || len(info.Stages) != 2 {
		t.Fatal(info.Stages, err)
	}
	first, last := info.Stages[0], info.Stages[1]
	if first.ID != "new" || first.Next != 1 || first.Needs[0] != "human" || first.Timeout != time.Hour ||
		first.OnTimeout != Deny || last.Next != -1 || last.Needs != nil {
		t.Errorf("%+v", info.Stages)
	}
	if info.Overrides != (Overrides{StepUp, 2, 2 * time.Hour}) {
		t.Errorf("%+v", info.Overrides)
	}
}

func TestPolicyExpand(t *testing.T) {
	policy := loadExample(t, "industrial")
	text, err := policy.Expand()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadPolicyUnsigned([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	one, _ := policy.Info()
	two, _ := again.Info()
	if !reflect.DeepEqual(one, two) {
		t.Error("a policy written in full is another one")
	}
	schema, err := PolicySchema()
	if err != nil || !json.Valid([]byte(schema)) || !json.Valid([]byte(text)) {
		t.Error("schema or document is no JSON", err)
	}
}

func TestPolicySelect(t *testing.T) {
	policy := loadExample(t, "consumer")
	camera, err := policy.Select(map[string]string{"role": "camera", "risk_class": "0"})
	if err != nil || camera != (Selection{Profile: 1}) {
		t.Errorf("%+v %v", camera, err)
	}
	unknown, err := policy.Select(nil)
	if err != nil || unknown.Profile != 0 || unknown.Also == 0 {
		t.Errorf("%+v %v", unknown, err)
	}
	for _, bad := range []map[string]string{{"ro\x00le": "hub"}, {"role": "h\x00ub"}, {"": "x"}, {"role": string(make([]byte, 128))}} {
		if _, err := policy.Select(bad); !errors.Is(err, ErrArgument) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPolicyClosed(t *testing.T) {
	closed := loadExample(t, "consumer")
	closed.Close()
	closed.Close()
	for _, policy := range []*Policy{closed, {}} {
		_, expand := policy.Expand()
		_, info := policy.Info()
		_, selected := policy.Select(nil)
		_, evaluated := policy.Evaluate(home, Input{})
		_, many := policy.EvaluateMany(Batch{})
		for i, err := range []error{expand, info, selected, evaluated, many, policy.Close()} {
			if err != ErrClosed && i < 5 || i == 5 && err != nil {
				t.Error(i, err)
			}
		}
	}
}
