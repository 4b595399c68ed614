package trust

// Why the collector runs in time. It sees the few bytes of a handle, not the object of C behind it,
// which may be a thousand times as large: handles that nobody closes would pile up unseen.

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// few is how many objects of C never matter: some 70 MB if all of them are decisions.
const few = 2048

var (
	alive      atomic.Int64 // objects of C that a handle owns
	found      atomic.Int64 // how many the collector has let go of
	bound      atomic.Int64 // of alive, before the collector is called; few if that is more
	collecting sync.Mutex
)

// born counts an object. The collector is called when there are twice as many as it left last time;
// whoever is faster than it waits for it.
func born() {
	n := alive.Add(1)
	if n <= few || n <= bound.Load() {
		return
	}
	if collecting.TryLock() {
		go collect()
	} else if n > 2*few && n > 2*bound.Load() {
		collecting.Lock()
		collecting.Unlock() //lint:ignore SA2001 only the wait is wanted
	}
}

// died counts an object that was let go of.
func died() {
	alive.Add(-1)
}

// collect reckons what is left from what was there when it began and what the collector found. What is
// made meanwhile may be as good as gone already, and so may be what is closed meanwhile: neither counts.
func collect() {
	defer collecting.Unlock()
	gone := abandon()
	left := found.Load() + alive.Load()
	runtime.GC()
	settle(gone)
	bound.Store(2 * (left - found.Load()))
}

// settle waits until what the collector found is let go of, which goroutines of its own do: until the
// handle that was abandoned is gone, and then no other goes. A busy machine takes its time.
func settle(gone <-chan struct{}) {
	select {
	case <-gone:
	case <-time.After(time.Second):
	}
	for last := int64(-1); last != found.Load(); {
		last = found.Load()
		time.Sleep(10 * time.Millisecond)
	}
}

// abandon makes a handle that nobody holds; the channel is closed when it is let go of.
func abandon() <-chan struct{} {
	gone := make(chan struct{})
	h := new(handle)
	h.owned.free = func(unsafe.Pointer) { close(gone) }
	h.cleanup = addCleanup(h)
	alive.Add(1)
	return gone
}
