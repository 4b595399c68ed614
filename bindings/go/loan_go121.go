//go:build go1.21

package trust

import (
	"runtime"
	"unsafe"
)

// A loan lets C read slices of Go through pointers inside a struct, for the length of one call. They
// are pinned where they are.
type loan struct {
	scratch
	pins runtime.Pinner
}

func (l *loan) lend(data unsafe.Pointer, _ int) unsafe.Pointer {
	l.pins.Pin(data)
	return data
}

func (l *loan) done() {
	l.pins.Unpin()
	l.free()
}
