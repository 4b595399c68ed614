package trust

// What the linter and a document's own tests say, and where.

import (
	"strings"
	"testing"
)

func TestLintPolicy(t *testing.T) {
	report, err := LintPolicy([]byte(`{ "trust_policy": 1, "id": "x", "revision": 1,` + "\n" +
		` "signals": {"identity": {"weight": 300, "absent": {"refused": -50}}},` + "\n" +
		` "verdicts": {"allow": 350, "step_up": 475, "quarantine": 650} }`))
	if err != nil || len(report) == 0 {
		t.Fatal(report, err)
	}
	if r := report[0]; r.Code == "" || r.Sentence == "" || r.Line == 0 || !strings.Contains(r.String(), r.Code) {
		t.Errorf("%+v", r)
	}
	broken, err := LintPolicy([]byte("{"))
	if worst, ok := broken.Worst(); err != nil || len(broken) != 1 || worst != SeverityError || !ok {
		t.Errorf("%v %v", broken, err)
	}
	if _, ok := (Report{}).Worst(); ok {
		t.Error("nothing is worst of nothing")
	}
}

func TestTestPolicy(t *testing.T) {
	document := readExample(t, "policies/consumer.json")
	report, err := TestPolicy(document)
	if err != nil || len(report) < 10 {
		t.Fatal(len(report), err)
	}
	for _, remark := range report {
		if remark.Code != "TEST_PASSED" || remark.Severity != SeverityNote {
			t.Error(remark)
		}
	}
	spoilt := strings.Replace(string(document), `"verdict": "allow", "risk": 125`, `"verdict": "allow", "risk": 124`, 1)
	report, err = TestPolicy([]byte(spoilt))
	failed := 0
	for _, remark := range report {
		if remark.Code == "TEST_FAILED" {
			failed++
		}
	}
	if err != nil || failed != 1 {
		t.Errorf("%d failed: %v", failed, err)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(`{"trust_policy": 1, "id": "x", "revision": 1, "signals": {"identity": {"weight": 300}}, "verdicts": {"allow": 350}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		report, err := LintPolicy(document)
		if err != nil {
			t.Fatal(err)
		}
		policy, err := LoadPolicyUnsigned(document)
		if worst, _ := report.Worst(); (err != nil) && worst != SeverityError {
			t.Errorf("%v, but the linter says %v", err, report)
		}
		if err != nil {
			return
		}
		defer policy.Close()
		if _, err := policy.Evaluate(home, Input{Now: noon}); err != nil {
			t.Error(err)
		}
	})
}
