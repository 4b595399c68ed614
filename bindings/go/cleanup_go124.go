//go:build go1.24

package trust

import "runtime"

// A cleanup frees an object of C whose handle was collected without having been closed.
type cleanup struct {
	runtime.Cleanup
}

func addCleanup(h *handle) cleanup {
	return cleanup{runtime.AddCleanup(h, owned.collected, h.owned)}
}

func (c cleanup) stop(h *handle) {
	c.Stop()
	runtime.KeepAlive(h)
}
