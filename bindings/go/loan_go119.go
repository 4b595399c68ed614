//go:build !go1.21

package trust

import "unsafe"

// A loan lets C read slices of Go through pointers inside a struct, for the length of one call. This
// old runtime can pin nothing, so C gets copies.
type loan struct {
	scratch
}

func (l *loan) lend(data unsafe.Pointer, size int) unsafe.Pointer {
	piece := l.alloc(size, 1)
	if piece != nil {
		copy(unsafe.Slice((*byte)(piece), size), unsafe.Slice((*byte)(data), size))
	}
	return piece
}

func (l *loan) done() {
	l.free()
}
