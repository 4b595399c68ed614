package trust

import "testing"

func good(kind Kind, value int32) Finding {
	return Finding{Kind: kind, State: StateValid, Origin: FromHost, Value: value,
		Quality: QualityFull, Time: MillisOf(noon), Item: NoItem}
}

// home is a hub at home, all as it should be: a test of the policy "consumer" says 125.
var home = []Finding{good(KindAttestation, 2), good(KindIdentity, 2), good(KindPlace, 100),
	good(KindReputation, 5), good(KindBehaviour, 10)}

func TestEvaluate(t *testing.T) {
	policy := loadExample(t, "consumer")
	selection, err := policy.Select(map[string]string{"role": "hub", "risk_class": "1"})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := policy.Evaluate(home, Input{Now: noon, Selection: selection})
	if err != nil {
		t.Fatal(err)
	}
	if outcome.Verdict != Allow || outcome.Risk != 125 {
		t.Errorf("%v %d", outcome.Verdict, outcome.Risk)
	}
}

var sink Outcome

func BenchmarkEvaluate(b *testing.B) {
	policy := loadExample(b, "consumer")
	input := Input{Now: noon}
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		var err error
		if sink, err = policy.Evaluate(home, input); err != nil {
			b.Fatal(err)
		}
	}
}
