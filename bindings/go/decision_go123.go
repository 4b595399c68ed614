//go:build go1.23

package trust

import "iter"

// Rows runs over the ledger, base first.
func (d *Decision) Rows() iter.Seq2[int, Row] {
	return func(yield func(int, Row) bool) {
		for i, row := range d.Ledger() {
			if !yield(i, row) {
				return
			}
		}
	}
}
