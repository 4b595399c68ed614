package trust

// One evaluation: what it comes to, what explains it, and what is refused.

import (
	"errors"
	"math"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/quick"
	"time"
)

func good(kind Kind, value int32) Finding { return NewFinding(kind, value, noon) }

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

// explained is what explains an outcome, or a fatal error.
func explained(t testing.TB, o *Outcome) (rows []Row, steps []Step, actions []Action, until time.Time, exact bool) {
	t.Helper()
	var errs [4]error
	rows, errs[0] = o.Ledger()
	steps, errs[1] = o.Next()
	actions, errs[2] = o.Actions()
	until, exact, errs[3] = o.ValidUntil()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows, steps, actions, until, exact
}

// The numbers are those of the policy's own tests.
func TestOutcomeExplained(t *testing.T) {
	policy := loadExample(t, "consumer")
	hub, err := policy.Select(map[string]string{"role": "hub", "risk_class": "1"})
	if err != nil {
		t.Fatal(err)
	}
	outcome, err := policy.Evaluate(home, Input{Now: noon, Selection: hub})
	if err != nil {
		t.Fatal(err)
	}
	rows, steps, _, until, exact := explained(t, &outcome)
	points := 0
	for _, row := range rows {
		points += row.Points
	}
	if rows[0].Type != RowBase || rows[0].Name != "base" || rows[0].Finding != -1 || points != 125 {
		t.Errorf("%+v make %d", rows, points)
	}
	if len(steps) != 0 || !exact || until.Sub(noon) != 33478418*time.Millisecond {
		t.Errorf("%v %v %v", steps, until, exact)
	}
	home := append([]Finding(nil), home...)
	home[1].Value = 96
	outcome, err = policy.Evaluate(append(home, good(KindHuman, 2)), Input{Now: noon, Selection: hub})
	if err != nil || outcome.Verdict != Deny || outcome.Reasons[0] != ReasonOf("IDENTITY_MISMATCH") {
		t.Fatal(outcome.Summary, err)
	}
	rows, _, actions, _, _ := explained(t, &outcome)
	var names []string
	for _, action := range actions {
		names = append(names, action.Name)
	}
	if strings.Join(names, " ") != "block tell_owner tell_maker" || actions[2].ID == 0 {
		t.Errorf("%+v", actions)
	}
	if row, ok := outcome.Subject(0); ok && rows[row].Name != "identity" {
		t.Errorf("%v", rows[row])
	}
	if _, ok := outcome.Subject(3); ok {
		t.Error("there are three reasons")
	}
	outcome, err = policy.Evaluate(nil, Input{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	_, steps, _, _, _ = explained(t, &outcome)
	if len(steps) != 3 || strings.Join(steps[0].Signals, " ") != "attestation human identity" ||
		steps[0].CanReach != Allow || steps[0].Cost == 0 || steps[0].Actions[1] != "ask_owner" {
		t.Errorf("%+v", steps)
	}
}

// Whatever was found, the rows add up to the risk, and nothing ends before it begins.
func TestLedgerAddsUp(t *testing.T) {
	policy := loadExample(t, "safety-critical")
	addsUp := func(seed int64) bool {
		_, findings, inputs := randomBatch(rand.New(rand.NewSource(seed)), 1)
		outcome, err := policy.Evaluate(findings[0], inputs[0])
		if err != nil {
			t.Log(err)
			return false
		}
		rows, steps, _, until, _ := explained(t, &outcome)
		points := 0
		for _, row := range rows {
			points += row.Points
		}
		for _, step := range steps {
			if step.CanReach >= outcome.Verdict || len(step.Signals) == 0 || len(step.Signals) != len(step.Actions) {
				return false
			}
		}
		return points == int(outcome.Risk) && !until.Before(inputs[0].Now) &&
			outcome.Lowest <= outcome.Risk && outcome.Risk <= outcome.Highest
	}
	if err := quick.Check(addsUp, nil); err != nil {
		t.Error(err)
	}
}

// An outcome explains what was weighed and nothing else.
func TestOutcomeOfChangedFindings(t *testing.T) {
	policy := loadExample(t, "consumer")
	findings := append([]Finding(nil), home...)
	outcome, err := policy.Evaluate(findings, Input{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	findings[1].Value = 96
	if _, err := outcome.Ledger(); !errors.Is(err, ErrState) {
		t.Error(err)
	}
	findings[1].Value = 2
	if _, err := outcome.Ledger(); err != nil {
		t.Error(err)
	}
	policy.Close()
	if _, _, err := outcome.ValidUntil(); err != ErrClosed {
		t.Error(err)
	}
	if _, err := new(Outcome).Next(); err != ErrClosed {
		t.Error(err)
	}
	if _, err := policy.Evaluate(nil, Input{}); err != ErrClosed {
		t.Error(err)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	policy := loadExample(t, "consumer")
	spoilt := good(KindPlace, 1)
	spoilt.State = 99
	for name, findings := range map[string][]Finding{
		"a state that is none": {spoilt},
		"257 findings":         make([]Finding, 257),
	} {
		if _, err := policy.Evaluate(findings, Input{Now: noon}); !errors.Is(err, ErrArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := policy.Evaluate(nil, Input{Floors: make([]Floor, 17)}); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	outcome, err := policy.Evaluate(home, Input{})
	if err != nil || outcome.Verdict == Allow {
		t.Error("who knows no time allows", outcome.Verdict, err)
	}
	outcome, err = policy.Evaluate(home, Input{Now: noon, Floors: []Floor{{Quarantine, ReasonOf("SUSPENDED")}}})
	if err != nil || outcome.Verdict != Quarantine || outcome.Natural == Quarantine || outcome.Held() || outcome.Overridden() {
		t.Errorf("%+v %v", outcome.Summary, err)
	}
}

// Many goroutines, one policy, which one of them closes: each call is answered or refused.
func TestEvaluateBesideClose(t *testing.T) {
	policy := loadExample(t, "consumer")
	want, err := policy.Evaluate(home, Input{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := 0; ; n++ {
				outcome, err := policy.Evaluate(home, Input{Now: noon})
				if err == ErrClosed {
					return
				}
				if err != nil || outcome.Summary != want.Summary {
					t.Error(outcome.Summary, err)
				}
				if n == 1000 {
					policy.Close()
				}
			}
		}()
	}
	all.Wait()
}

var sink Outcome

func BenchmarkEvaluate(b *testing.B) {
	policy := loadExample(b, "consumer")
	input := Input{Now: noon}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		var err error
		if sink, err = policy.Evaluate(home, input); err != nil {
			b.Fatal(err)
		}
	}
}

func TestEvaluateAllocatesNothing(t *testing.T) {
	policy := loadExample(t, "consumer")
	input := Input{Now: noon}
	if n := testing.AllocsPerRun(100, func() { sink, _ = policy.Evaluate(home, input) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A goroutine that changes the findings while they are weighed breaks every rule, but nothing else.
// The race detector would only say so.
func TestFindingsThatChangeMeanwhile(t *testing.T) {
	if raceDetector {
		t.Skip("this is a race, on purpose")
	}
	policy := loadText(t, door)
	findings := make([]Finding, 200)
	for i := range findings {
		findings[i] = NewFinding(KindIdentity, 2, noon)
	}
	all := func(state State) {
		for i := range findings {
			findings[i].State = state
		}
	}
	var over atomic.Bool
	left := make(chan struct{})
	go func() {
		defer close(left)
		for !over.Load() {
			all(math.MaxUint32)
			all(StatePending)
		}
	}()
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		_, _ = policy.Evaluate(findings, Input{Now: noon})
	}
	over.Store(true)
	<-left
}
