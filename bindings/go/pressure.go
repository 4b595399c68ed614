package trust

// Why the collector runs in time. It sees the few bytes of a handle, not the object of C behind it,
// which may be a thousand times as large: handles that nobody closes would pile up unseen.

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// few is how many objects of C never matter: some 70 MB if all of them are decisions.
const few = 2048

var (
	alive      atomic.Int64 // objects of C that a handle owns
	bound      atomic.Int64 // of alive, before the collector is called; never below few
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

func collect() {
	defer collecting.Unlock()
	runtime.GC()
	time.Sleep(10 * time.Millisecond) // what it found is let go of by now
	bound.Store(2 * alive.Load())
}
