package trust

import (
	"errors"
	"os"
	"path/filepath"
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
