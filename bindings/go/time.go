package trust

// Moments: milliseconds as the library counts them, time.Time as Go does.

// #include <trust/status.h>
import "C"

import (
	"time"
	"unsafe"
)

// Millis is a moment as the library holds it: milliseconds since 1970-01-01T00:00:00Z. A slice of them
// is read where it is.
type Millis int64

var _ [unsafe.Sizeof(C.trust_time(0))]byte = [unsafe.Sizeof(Millis(0))]byte{}

const (
	TimeUnknown Millis = C.TRUST_TIME_UNKNOWN // the clock cannot tell
	TimeNever   Millis = C.TRUST_TIME_NEVER   // later than every time
)

// Never is later than every time that the library names. The zero [time.Time] is its opposite:
// nobody knows.
var Never = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)

// The seconds of the zero time and of Never: between them is every time that both sides can tell.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

// MillisOf is t as the library holds it: TimeUnknown for the zero time and what lies before it,
// TimeNever for [Never] and what lies behind it.
func MillisOf(t time.Time) Millis {
	seconds, nanoseconds := t.Unix(), t.Nanosecond()
	switch {
	case seconds <= firstSecond:
		return TimeUnknown
	case seconds > lastSecond, seconds == lastSecond && nanoseconds == 999999999:
		return TimeNever
	}
	return Millis(seconds*1000 + int64(nanoseconds)/1000000)
}

// Time is m in UTC: the zero time for TimeUnknown, [Never] for TimeNever.
func (m Millis) Time() time.Time {
	switch {
	case m < 1000*(firstSecond+1):
		return time.Time{}
	case m >= 1000*(lastSecond+1):
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
		return time.Time{}, because(err, ErrFormat, "a time is as 2026-11-23T05:00:00Z, or Unix seconds")
	}
	return fromTime(out), nil
}

func toTime(t time.Time) C.trust_time   { return C.trust_time(MillisOf(t)) }
func fromTime(t C.trust_time) time.Time { return Millis(t).Time() }
