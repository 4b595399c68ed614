package trust

// What the linter and a document's own tests say of a policy document, which is untrusted.

// #include <trust/policy.h>
import "C"

import (
	"fmt"
	"unsafe"
)

// Severity is how bad a remark is.
type Severity uint32

const (
	SeverityNote    Severity = C.TRUST_LINT_NOTE
	SeverityWarning Severity = C.TRUST_LINT_WARNING
	SeverityError   Severity = C.TRUST_LINT_ERROR
)

// String is "note", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case SeverityNote:
		return "note"
	case SeverityWarning:
		return "warning"
	case SeverityError:
		return "error"
	}
	return fmt.Sprintf("severity %d", uint32(s))
}

// Remark is one remark about a document.
type Remark struct {
	Severity Severity
	Code     string // such as "WITHHOLDING_GAIN"
	Where    string // JSON pointer
	Line     int    // 1-based
	Column   int    // 1-based, in bytes
	Number   int    // what the code counts, so that a build can demand 0
	Sentence string // what is wrong and what to do
}

// String is the remark on one line.
func (r Remark) String() string {
	return fmt.Sprintf("%d:%d: %v: %s at %s: %s", r.Line, r.Column, r.Severity, r.Code, r.Where, r.Sentence)
}

// Report is what was remarked, in the order of the document.
type Report []Remark

// Worst is the severity of the worst remark; ok is false where there is none.
func (r Report) Worst() (worst Severity, ok bool) {
	for _, remark := range r {
		if remark.Severity > worst {
			worst = remark.Severity
		}
	}
	return worst, len(r) > 0
}

// LintPolicy checks a document: all that loading checks, and what loads but is unwise. A document
// that does not load gives a report too, with the error as its only remark.
func LintPolicy(document []byte) (Report, error) {
	var lint *C.trust_lint
	d := lend(document)
	return reportOf(&lint, C.trust_policy_lint(unsafe.Pointer(&d[0]), C.size_t(len(document)), nil, &lint))
}

// TestPolicy runs a document's own tests. Each gives a remark: TEST_PASSED, a note, or TEST_FAILED,
// an error whose sentence says what came instead.
func TestPolicy(document []byte) (Report, error) {
	var lint *C.trust_lint
	d := lend(document)
	return reportOf(&lint, C.trust_policy_test(unsafe.Pointer(&d[0]), C.size_t(len(document)), nil, &lint))
}

// reportOf copies the remarks and frees what they stood in.
func reportOf(lint **C.trust_lint, status C.trust_status) (Report, error) {
	if err := check(status, nil); err != nil {
		return nil, err
	}
	defer C.trust_lint_free(*lint)
	report := make(Report, int(C.trust_lint_count(*lint)))
	for i := range report {
		var at C.trust_lint_remark
		if err := check(C.trust_lint_remark_at(*lint, C.size_t(i), &at), nil); err != nil {
			return nil, err
		}
		report[i] = Remark{
			Severity: Severity(at.severity),
			Code:     C.GoString(at.code),
			Where:    C.GoString(at.where),
			Line:     int(at.line),
			Column:   int(at.column),
			Number:   int(at.number),
			Sentence: C.GoString(at.sentence),
		}
	}
	return report, nil
}
