package trust

// The counts of a handle: who may enter, who frees, and when.

import (
	"errors"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// counted is a handle on a byte, and how often that was let go of.
type counted struct {
	handle
}

func newCounted(freed *atomic.Int64) *counted {
	c := &counted{}
	c.own(unsafe.Pointer(new(byte)), func(unsafe.Pointer) { freed.Add(1) })
	return c
}

func TestHandleIsLetGoOfOnce(t *testing.T) {
	var freed atomic.Int64
	c := newCounted(&freed)
	for i := 0; i < 3; i++ {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if freed.Load() != 1 {
		t.Fatalf("let go of %d times", freed.Load())
	}
	if err := c.acquire(); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if err := c.acquireAlone(); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

func TestCallInFlightKeepsTheObject(t *testing.T) {
	var freed atomic.Int64
	c := newCounted(&freed)
	for i := 0; i < 2; i++ {
		if err := c.acquire(); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	if err := c.acquire(); !errors.Is(err, ErrClosed) || freed.Load() != 0 {
		t.Fatal(err, freed.Load())
	}
	c.release()
	if freed.Load() != 0 {
		t.Fatal("let go of under a call")
	}
	c.release()
	if freed.Load() != 1 {
		t.Fatal("not let go of")
	}
}

func TestAloneKeepsOthersOut(t *testing.T) {
	var freed atomic.Int64
	c := newCounted(&freed)
	if err := c.acquireAlone(); err != nil {
		t.Fatal(err)
	}
	if err := c.acquireAlone(); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	if err := c.acquire(); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	c.Close()
	c.releaseAlone()
	if freed.Load() != 1 {
		t.Fatal("not let go of")
	}
}

func TestOthersKeepAloneOut(t *testing.T) {
	var freed atomic.Int64
	c := newCounted(&freed)
	if err := c.acquire(); err != nil {
		t.Fatal(err)
	}
	if err := c.acquireAlone(); !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	c.release()
	if err := c.acquireAlone(); err != nil {
		t.Fatal(err)
	}
	c.releaseAlone()
	c.Close()
}

func TestZeroHandleIsClosed(t *testing.T) {
	var c counted
	if c.acquire() != ErrClosed || c.acquireAlone() != ErrClosed || c.Close() != nil {
		t.Fatal("a zero handle is open")
	}
}

func TestCollectedHandleIsLetGoOf(t *testing.T) {
	var freed atomic.Int64
	newCounted(&freed)
	for i := 0; i < 100 && freed.Load() == 0; i++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if freed.Load() != 1 {
		t.Fatalf("let go of %d times", freed.Load())
	}
}

func TestClosingBesideCalls(t *testing.T) {
	for round := 0; round < 200; round++ {
		var freed, used atomic.Int64
		c := newCounted(&freed)
		var all sync.WaitGroup
		for i := 0; i < 4; i++ {
			all.Add(1)
			go func(closes bool) {
				defer all.Done()
				for c.acquire() == nil {
					if freed.Load() != 0 {
						t.Error("let go of under a call")
					}
					c.release()
					if used.Add(1) > 100 && closes {
						c.Close()
					}
				}
			}(i == 0)
		}
		all.Wait()
		if freed.Load() != 1 {
			t.Fatalf("let go of %d times", freed.Load())
		}
	}
}

func BenchmarkHandle(b *testing.B) {
	var freed atomic.Int64
	c := newCounted(&freed)
	for i := 0; i < b.N; i++ {
		if c.acquire() == nil {
			c.release()
		}
	}
}

func TestCopyOfAHandleOwnsNothing(t *testing.T) {
	var freed atomic.Int64
	c := newCounted(&freed)
	var copied counted // as by copied := *c, which go vet refuses
	reflect.ValueOf(&copied).Elem().Set(reflect.ValueOf(c).Elem())
	if err := copied.acquire(); !errors.Is(err, ErrClosed) {
		t.Fatal("a copy is open", err)
	}
	if err := copied.acquireAlone(); !errors.Is(err, ErrClosed) {
		t.Fatal("a copy is open alone", err)
	}
	copied.Close()
	if freed.Load() != 0 {
		t.Fatal("a copy lets go of what is not its own")
	}
	c.Close()
	copied.Close()
	if freed.Load() != 1 {
		t.Fatalf("let go of %d times", freed.Load())
	}
}
