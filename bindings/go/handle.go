package trust

// How every object of C is held: alive while a call uses it, let go of once, whoever closes it and
// whenever.

import (
	"math"
	"sync/atomic"
	"unsafe"
)

// What the number of calls in flight is added to. A handle that is not open is negative.
const (
	stateAlone  = 1 << 32           // a call that keeps others out
	stateClosed = math.MinInt64     // closed; the last call in flight lets go of the object
	stateGone   = math.MinInt64 / 2 // let go of
)

// A handle owns one object of C. Every object's struct begins with one; its zero value is closed.
type handle struct {
	state atomic.Int64 // how many calls are in flight, and the states above
	self  uintptr      // where it lies: a copy of a handle lies elsewhere, and is closed
	owned
	cleanup cleanup
}

// owned is an object of C, apart from the handle that owns it.
type owned struct {
	pointer unsafe.Pointer
	free    func(unsafe.Pointer)
}

func (o owned) end() {
	o.free(o.pointer)
	died()
}

// collected is end for an object whose handle the collector found.
func (o owned) collected() {
	o.end()
	found.Add(1)
}

// own takes the object over. The handle must be at the beginning of what the caller of the package
// holds: when that is found by the collector, the object goes.
func (h *handle) own(pointer unsafe.Pointer, free func(unsafe.Pointer)) {
	h.owned = owned{pointer, free}
	h.self = uintptr(unsafe.Pointer(h))
	h.cleanup = addCleanup(h)
	born()
}

// owns tells whether there is an object, and it is this handle's own.
func (h *handle) owns() bool {
	return h.self == uintptr(unsafe.Pointer(h))
}

// acquire keeps the object alive until release, beside others that do the same.
func (h *handle) acquire() error {
	if state := h.state.Add(1); state > 0 && state < stateAlone && h.owns() {
		return nil
	}
	return h.refuse()
}

// refuse takes back a count that came too late.
func (h *handle) refuse() error {
	if h.leave(1) > stateAlone && h.owns() {
		return errAlone()
	}
	return ErrClosed
}

// release ends what acquire began.
func (h *handle) release() {
	h.leave(1)
}

// acquireAlone keeps the object alive until releaseAlone, and others out.
func (h *handle) acquireAlone() error {
	if !h.owns() {
		return ErrClosed
	}
	if h.state.CompareAndSwap(0, stateAlone) {
		return nil
	}
	if h.state.Load() < 0 {
		return ErrClosed
	}
	return errAlone()
}

// releaseAlone ends what acquireAlone began.
func (h *handle) releaseAlone() {
	h.leave(stateAlone)
}

func errAlone() error {
	return refuse(ErrBusy, "another goroutine is using this handle")
}

// leave takes a call's count away; the last one to leave a closed handle lets go of the object.
func (h *handle) leave(count int64) (before int64) {
	state := h.state.Add(-count)
	if state == stateClosed {
		h.letGo()
	}
	return state + count
}

// Close lets go of the object, once: now, or after the calls that are using it. It may be called at
// any time, from any goroutine, any number of times, and never fails.
func (h *handle) Close() error {
	for {
		state := h.state.Load()
		if state < 0 || !h.owns() {
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
		h.owned.end()
	}
}
