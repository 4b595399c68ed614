//go:build !go1.24

package trust

import "runtime"

// A cleanup frees an object of C whose handle was collected without having been closed.
type cleanup struct{}

func addCleanup(h *handle) cleanup {
	object := h.owned
	runtime.SetFinalizer(h, func(*handle) { object.collected() })
	return cleanup{}
}

func (cleanup) stop(h *handle) {
	runtime.SetFinalizer(h, nil)
}
