package trust

// Moments: milliseconds as the library counts them, time.Time as Go does.

// #include <trust/status.h>
import "C"

import (
	"time"
	"unsafe"
)

// Millis is a moment as the library holds it: milliseconds since 1970-01-01T00:00:00Z.
type Millis int64

const (
	TimeUnknown Millis = C.TRUST_TIME_UNKNOWN // the clock cannot tell
	TimeNever   Millis = C.TRUST_TIME_NEVER   // later than every time
)

// Never is later than every time that the library names. The zero [time.Time] is its opposite:
// nobody knows.
var Never = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)

// MillisOf is t as the library holds it: TimeUnknown for the zero time and what lies before it,
// TimeNever for [Never] and what lies behind it.
func MillisOf(t time.Time) Millis {
	switch {
	case !t.After(time.Time{}):
		return TimeUnknown
	case !t.Before(Never):
		return TimeNever
	}
	return Millis(t.UnixMilli())
}

// Time is m in UTC: the zero time for TimeUnknown, [Never] for TimeNever.
func (m Millis) Time() time.Time {
	if m <= MillisOf(time.Time{}.Add(time.Millisecond)) {
		return time.Time{}
	}
	if m > Millis(Never.UnixMilli()) {
		return Never
	}
	return time.UnixMilli(int64(m)).UTC()
}

// String is m as RFC 3339 text, "unknown" or "never".
func (m Millis) String() string {
	var text [32]C.char
	if C.trust_time_format(C.trust_time(m), &text[0], C.size_t(len(text))) != C.TRUST_OK {
		return "unknown"
	}
	return C.GoString(&text[0])
}

// ParseTime reads RFC 3339 text ("2026-11-23T05:00:00Z", fraction and offset allowed) or Unix
// seconds.
func ParseTime(text string) (time.Time, error) {
	var out C.trust_time
	d := lend([]byte(text))
	status := C.trust_time_parse((*C.char)(unsafe.Pointer(&d[0])), C.size_t(len(text)), &out)
	if err := check(status, nil); err != nil {
		return time.Time{}, err
	}
	return fromTime(out), nil
}

func toTime(t time.Time) C.trust_time   { return C.trust_time(MillisOf(t)) }
func fromTime(t C.trust_time) time.Time { return Millis(t).Time() }
