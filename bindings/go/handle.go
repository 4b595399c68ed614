package trust

// How every object of C is held: alive while a call uses it, let go of once, whoever closes it and
// whenever.

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// The states of a handle that is not open. Both are negative whatever number of calls is added.
const (
	stateClosed = math.MinInt64     // closed; the last call in flight lets go of the object
	stateGone   = math.MinInt64 / 2 // let go of
)

// A handle owns one object of C. Every object's struct begins with one; its zero value is closed.
type handle struct {
	state   atomic.Int64 // how many calls are in flight, stateClosed or stateGone added
	pointer unsafe.Pointer
	free    func(unsafe.Pointer)
	cleanup cleanup
}

// own takes the object over. The handle must be at the beginning of what the caller of the package
// holds: when that is found by the collector, the object goes.
func (h *handle) own(pointer unsafe.Pointer, free func(unsafe.Pointer)) {
	h.pointer = pointer
	h.free = free
	h.cleanup = addCleanup(h)
}

// acquire keeps the object alive until release, beside others that do the same.
func (h *handle) acquire() error {
	if h.state.Add(1) > 0 && h.pointer != nil {
		return nil
	}
	h.release()
	return ErrClosed
}

// acquireAlone keeps the object alive until release, and others out.
func (h *handle) acquireAlone() error {
	if h.pointer == nil {
		return ErrClosed
	}
	if h.state.CompareAndSwap(0, 1) {
		return nil
	}
	if h.state.Load() < 0 {
		return ErrClosed
	}
	return refuse(ErrBusy, "another goroutine is using this handle")
}

// release ends what acquire or acquireAlone began.
func (h *handle) release() {
	if h.state.Add(-1) == stateClosed {
		h.letGo()
	}
}

// Close lets go of the object, once: now, or after the calls that are using it. It may be called at
// any time, from any goroutine, any number of times, and never fails.
func (h *handle) Close() error {
	for {
		state := h.state.Load()
		if state < 0 || h.pointer == nil {
			return nil
		}
		if h.state.CompareAndSwap(state, state+stateClosed) {
			if state == 0 {
				h.letGo()
			}
			return nil
		}
	}
}

// letGo frees the object once, also when a call that came too late leaves again meanwhile.
func (h *handle) letGo() {
	if h.state.CompareAndSwap(stateClosed, stateGone) {
		h.cleanup.stop(h)
		h.free(h.pointer)
	}
}
