//go:build go1.23

package trust

import "iter"

// AtLeast are the remarks that are at least so bad.
func (r Report) AtLeast(severity Severity) iter.Seq[Remark] {
	return func(yield func(Remark) bool) {
		for _, remark := range r {
			if remark.Severity >= severity && !yield(remark) {
				return
			}
		}
	}
}
