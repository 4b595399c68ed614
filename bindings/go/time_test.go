package trust

// A moment is the same on both sides of the binding.

import (
	"errors"
	"math"
	"testing"
	"testing/quick"
	"time"
)

func TestMillis(t *testing.T) {
	for _, c := range []struct {
		time   time.Time
		millis Millis
		text   string
	}{
		{noon, 1795435200000, "2026-11-23T12:00:00Z"},
		{noon.Add(1500 * time.Microsecond), 1795435200001, "2026-11-23T12:00:00.001Z"},
		{time.Unix(0, 0), 0, "1970-01-01T00:00:00Z"},
		{time.Unix(-1, 0), -1000, "1969-12-31T23:59:59Z"},
		{time.Time{}, TimeUnknown, "unknown"},
		{time.Unix(math.MinInt64, 0), TimeUnknown, "unknown"},
		{Never, TimeNever, "never"},
		{Never.Add(-time.Nanosecond), 253402300799999, "9999-12-31T23:59:59.999Z"},
		{time.Unix(1<<60, 0), TimeNever, "never"},
	} {
		if got := MillisOf(c.time); got != c.millis || got.String() != c.text {
			t.Errorf("%v: %d %v", c.time, got, got)
		}
	}
	if !TimeUnknown.Time().IsZero() || !TimeNever.Time().Equal(Never) {
		t.Error("unknown or never is lost")
	}
	if !Millis(math.MaxInt64-1).Time().Equal(Never) || !Millis(math.MinInt64+1).Time().IsZero() {
		t.Error("what time.Time cannot tell is neither never nor unknown")
	}
}

func TestMillisRoundTrip(t *testing.T) {
	same := func(n uint64) bool {
		m := Millis(n % (1000 * lastSecond))
		back, err := ParseTime(m.String())
		return MillisOf(m.Time()) == m && err == nil && back.Equal(m.Time())
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func TestParseTime(t *testing.T) {
	for _, text := range []string{"", "tomorrow", "2026-13-01T00:00:00Z", "\x00", "1\x00"} {
		if _, err := ParseTime(text); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add("2026-11-23T05:00:00Z")
	f.Add("1795435200")
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := ParseTime(text); err == nil && (at.IsZero() || at.After(Never)) {
			t.Error(at)
		}
	})
}
