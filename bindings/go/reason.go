package trust

// Why: the catalogue of reasons (docs/reasons.md).

// #include <trust/reason.h>
import "C"

import "unsafe"

// Reason is a number of the catalogue. Zero is none.
type Reason uint32

// ReasonOf is the reason called code, such as "NONCE_FOREIGN"; zero for none.
func ReasonOf(code string) Reason {
	d := lend([]byte(code))
	return Reason(C.trust_reason_find((*C.char)(unsafe.Pointer(&d[0])), C.size_t(len(code))))
}

// String is the code, such as "NONCE_FOREIGN"; "UNKNOWN" for a number that is none.
func (r Reason) String() string { return C.GoString(C.trust_reason_code(C.uint32_t(r))) }

// Text is one sentence for the operator, lower case, no full stop.
func (r Reason) Text() string { return C.GoString(C.trust_reason_text(C.uint32_t(r))) }

// SubjectText says to the person in front of the device what to do, and gives no attacker a clue.
func (r Reason) SubjectText() string {
	return C.GoString(C.trust_reason_subject_text(C.uint32_t(r)))
}

// Severity is 3 for what decides, 2 for what weighs, 1 for what informs, 0 for none.
func (r Reason) Severity() int { return int(C.trust_reason_severity(C.uint32_t(r))) }

// MarshalText makes a reason its code in JSON and in logs.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
