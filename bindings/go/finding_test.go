package trust

// Kinds, reasons and every other number of C by the word that the library has for it.

import (
	"encoding/json"
	"testing"
)

func TestNames(t *testing.T) {
	for want, got := range map[string]interface{ String() string }{
		"identity":          KindIdentity,
		"kind 0xffffffff":   Kind(0xffffffff),
		"not_requested":     StateNotRequested,
		"source_down":       StateSourceDown,
		"?":                 State(99),
		"host":              FromHost,
		"step_up":           StepUp,
		"none":              NoVerdict,
		"private":           AddressPrivate,
		"cap":               RowCap,
		"row 9":             RowType(9),
		"warning":           SeverityWarning,
		"severity 9":        Severity(9),
		"IDENTITY_MISMATCH": ReasonOf("IDENTITY_MISMATCH"),
		"NONE":              ReasonOf("NO_SUCH_REASON"),
		"UNKNOWN":           Reason(1 << 31),
	} {
		if got.String() != want {
			t.Errorf("%v is not %q", got, want)
		}
	}
	text, err := json.Marshal(map[string]interface{}{
		"a": Deny, "b": FromDevice, "c": StateValid, "d": ReasonOf("REFUSED"), "e": AddressLoopback,
	})
	if want := `{"a":"deny","b":"device","c":"valid","d":"REFUSED","e":"loopback"}`; string(text) != want || err != nil {
		t.Errorf("%s %v", text, err)
	}
}

func TestKindOf(t *testing.T) {
	if KindOf("place") != KindPlace || KindOf("acme.tamper") == KindNone {
		t.Error("a kind is not found by its name")
	}
	for _, name := range []string{"", "nodot", "UP.CASE", "a\x00.b", string(make([]byte, 64))} {
		if KindOf(name) != KindNone {
			t.Errorf("%q is a kind", name)
		}
	}
}

func TestReason(t *testing.T) {
	r := ReasonOf("REFUSED")
	if r == 0 || r.Text() == "" || r.SubjectText() == "" || r.Severity() == 0 {
		t.Errorf("%d %q %q %d", r, r.Text(), r.SubjectText(), r.Severity())
	}
	if none := Reason(1 << 31); none.Severity() != 0 || ReasonOf("") != 0 {
		t.Error("there is a reason that is none")
	}
}
