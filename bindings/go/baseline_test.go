package trust

// A baseline scores the same whole, in pieces and restored, and refuses what it cannot take.

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"testing/quick"
)

func newTestBaseline(t testing.TB) *Baseline {
	t.Helper()
	baseline, err := NewBaseline()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { baseline.Close() })
	return baseline
}

// series is calm, but for its last value.
func series() (times []Millis, values []float64) {
	for i := 0; i < 400; i++ {
		times = append(times, MillisOf(noon)+Millis(i)*60000)
		values = append(values, 20+math.Sin(float64(i)))
	}
	values[399] = 500
	return times, values
}

func TestBaseline(t *testing.T) {
	times, values := series()
	baseline := newTestBaseline(t)
	scores, err := baseline.Observe(times, values, Learn)
	if err != nil || len(scores) != 400 || scores[399] < 25 || scores[398] > 5 {
		t.Fatal(scores[398:], err)
	}
	state, err := baseline.Save()
	if err != nil {
		t.Fatal(err)
	}
	restored, err := RestoreBaseline(state)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	if again, err := restored.Save(); err != nil || !bytes.Equal(again, state) {
		t.Error("a restored baseline knows something else", err)
	}
	if _, err := restored.Observe(nil, values[:3], LearnAside); err != nil {
		t.Error(err)
	}
}

// One value at a time is the same as all at once, wherever the series is cut.
func TestBaselineCut(t *testing.T) {
	times, values := series()
	whole, err := newTestBaseline(t).Observe(times, values, Learn)
	if err != nil {
		t.Fatal(err)
	}
	cut := func(at uint8) bool {
		n := int(at)
		baseline := newTestBaseline(t)
		first, err := baseline.Observe(times[:n], values[:n], Learn)
		second, wrong := baseline.Observe(times[n:], values[n:], Learn)
		if err != nil || wrong != nil {
			return false
		}
		for i, score := range append(first, second...) {
			if score != whole[i] {
				return false
			}
		}
		return true
	}
	if err := quick.Check(cut, &quick.Config{MaxCount: 40}); err != nil {
		t.Error(err)
	}
}

func TestBaselineRefuses(t *testing.T) {
	times, values := series()
	baseline := newTestBaseline(t)
	values[7] = math.NaN()
	var failed *Error
	if _, err := baseline.Observe(times, values, Learn); !errors.As(err, &failed) || failed.Status != ErrArgument || failed.Offset != 7 {
		t.Errorf("%#v", err)
	}
	if _, err := baseline.Observe(times[:3], values, Learn); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if err := baseline.ObserveInto(nil, values[:3], Learn, make([]int32, 2), nil); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := baseline.Observe(nil, values[:3], 9); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if scores, err := baseline.Observe(nil, nil, Learn); err != nil || len(scores) != 0 {
		t.Error(scores, err)
	}
	baseline.Close()
	if _, err := baseline.Save(); err != ErrClosed {
		t.Error(err)
	}
	if _, err := RestoreBaseline([]byte("not saved by anybody")); err == nil {
		t.Error("anything is a baseline")
	}
}

func FuzzRestoreBaseline(f *testing.F) {
	state, err := newTestBaseline(f).Save()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(state)
	f.Fuzz(func(t *testing.T, state []byte) {
		baseline, err := RestoreBaseline(state)
		if err != nil {
			return
		}
		defer baseline.Close()
		if _, err := baseline.Observe(nil, []float64{1, 2, 3}, Learn); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkBaseline(b *testing.B) {
	times, values := series()
	scores := make([]int32, len(values))
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		baseline, err := NewBaseline()
		if err == nil {
			err = baseline.ObserveInto(times, values, Learn, scores, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
		baseline.Close()
	}
}
