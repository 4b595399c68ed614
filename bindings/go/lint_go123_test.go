//go:build go1.23

package trust

import "testing"

func TestReportAtLeast(t *testing.T) {
	report := Report{{Severity: SeverityNote}, {Severity: SeverityError, Line: 1}, {Severity: SeverityWarning, Line: 2}}
	var lines []int
	for remark := range report.AtLeast(SeverityWarning) {
		lines = append(lines, remark.Line)
	}
	if len(lines) != 2 || lines[0] != 1 || lines[1] != 2 {
		t.Error(lines)
	}
	for range report.AtLeast(SeverityNote) {
		break
	}
}
