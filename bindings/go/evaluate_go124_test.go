//go:build go1.24

package trust

import "testing"

// Findings and an outcome that somebody might want explained stay on the stack.
func TestEvaluateOnTheStack(t *testing.T) {
	policy := loadExample(t, "consumer")
	n := testing.AllocsPerRun(100, func() {
		findings := [...]Finding{good(KindIdentity, 2), good(KindPlace, 100)}
		outcome, err := policy.Evaluate(findings[:], Input{Now: noon})
		if err != nil || outcome.Verdict == NoVerdict {
			rows, _ := outcome.Ledger()
			t.Error(rows, err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
