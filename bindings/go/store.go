package trust

// Where records live: in memory of C, or where the host keeps them.

/*
#include "seams.h"
*/
import "C"

import (
	"context"
	"fmt"
	"io"
	"runtime/cgo"
	"unsafe"
)

// A Store keeps small values under keys, each with a revision. Its methods are called from any
// number of goroutines at once, with the context of the call that they serve, and must not call
// back into the engine, nor end the goroutine (runtime.Goexit, which t.Fatal does).
//
// One that is an io.Closer too is closed, once, when the engine and everything that was made from it
// is gone; nobody waits for that, so an error of Close only goes to the engine's log.
type Store interface {
	// Get gives a value and its revision, or [ErrNotFound].
	Get(ctx context.Context, key []byte) (value []byte, revision uint64, err error)
	// Commit makes all changes, or none: [ErrConflict] when a revision is not as expected. Once it
	// gave no error they last for as long as the store promises.
	Commit(ctx context.Context, operations []Operation) error
	// Name is what it is called, such as "sqlite".
	Name() string
	// Durable tells whether commits survive the process and the machine's power.
	Durable() bool
}

// Change says what an [Operation] does.
type Change uint32

// What an operation does.
const (
	Put    Change = C.TRUST_STORE_PUT    // write the value; its revision grows by one, from 1
	Delete Change = C.TRUST_STORE_DELETE // remove it
	Check  Change = C.TRUST_STORE_CHECK  // change nothing, only expect the revision
)

// AnyRevision expects nothing.
const AnyRevision uint64 = C.TRUST_REVISION_ANY

// An Operation is one change of a commit.
type Operation struct {
	Change   Change
	Expected uint64 // the revision it must have now; 0: it must not exist; or AnyRevision
	Key      []byte
	Value    []byte // of Put
}

// A MemoryStore keeps records in memory of C: nothing survives the process. Engines may share one.
type MemoryStore struct {
	handle
}

// NewMemoryStore makes an empty one.
func NewMemoryStore() (*MemoryStore, error) {
	var store *C.trust_store
	if err := check(C.trust_store_new_memory(nil, &store), nil); err != nil {
		return nil, err
	}
	s := &MemoryStore{}
	s.own(unsafe.Pointer(store), freeStore)
	return s, nil
}

func freeStore(p unsafe.Pointer) {
	C.trust_store_free((*C.trust_store)(p))
}

// newStore makes a store of C of the host's.
func newStore(h *host) (*C.trust_store, error) {
	name, err := textOf(h.store.Name())
	if err != nil {
		return nil, err
	}
	durable := C.uint32_t(0)
	if h.store.Durable() {
		durable = 1
	}
	number := cgo.NewHandle(h)
	var store *C.trust_store
	if err := check(C.tg_store_new(C.uintptr_t(number), name, durable, &store), nil); err != nil {
		number.Delete()
		return nil, err
	}
	return store, nil
}

//export goStoreGet
func goStoreGet(number, user C.uintptr_t, key C.trust_bytes, out unsafe.Pointer, capacity C.size_t, size *C.size_t, revision *C.uint64_t) C.trust_status {
	return answer(number, ErrIO, func(c *call) error {
		value, at, err := hostOf(user).store.Get(c.ctx, viewOf(key))
		if err != nil {
			return err
		}
		*size = C.size_t(len(value))
		*revision = C.uint64_t(at)
		if len(value) > int(capacity) {
			return ErrLimit
		}
		copy(unsafe.Slice((*byte)(out), int(capacity)), value)
		return nil
	})
}

//export goStoreCommit
func goStoreCommit(number, user C.uintptr_t, operations *C.trust_store_operation, count C.size_t) C.trust_status {
	return answer(number, ErrIO, func(c *call) error {
		list := make([]Operation, int(count))
		for i, operation := range unsafe.Slice(operations, int(count)) {
			list[i] = Operation{
				Change:   Change(operation._type),
				Expected: uint64(operation.expected),
				Key:      viewOf(operation.key),
				Value:    viewOf(operation.value),
			}
		}
		return hostOf(user).store.Commit(c.ctx, list)
	})
}

//export goStoreGone
func goStoreGone(user C.uintptr_t) {
	host := hostOf(user)
	cgo.Handle(user).Delete()
	closer, ok := host.store.(io.Closer)
	if !ok || !host.inUse {
		return
	}
	defer func() {
		if value := recover(); value != nil {
			host.complain(fmt.Sprint("panic: ", value))
		}
	}()
	if err := closer.Close(); err != nil {
		host.complain(err.Error())
	}
}

// complain tells the log what nobody waits for.
func (h *host) complain(what string) {
	defer func() { _ = recover() }()
	if h.log != nil {
		h.log(LevelError, "closing the store: "+what)
	}
}
