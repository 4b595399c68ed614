package trust

// The engine: what does not change from device to device.

/*
#include "seams.h"
*/
import "C"

import (
	"context"
	"runtime/cgo"
	"time"
	"unsafe"
)

// An Engine holds the host's seams, the store, and one snapshot of policy, table and references.
// Any number of goroutines may use one, and two share nothing.
type Engine struct {
	handle
	host *host // nil where no code of the host can run
}

// NewEngine makes an engine: system clock and randomness, records in memory, no policy, unless
// options say otherwise. When it fails the store is not closed.
func NewEngine(options ...Option) (*Engine, error) {
	p := parts{host: &host{}}
	for _, option := range options {
		if option == nil {
			return nil, refuse(ErrArgument, "an option is nil")
		}
		option(&p)
	}
	e, err := p.engine()
	if err != nil {
		return nil, err
	}
	if err := p.publish(e); err != nil {
		e.Close()
		return nil, err
	}
	p.host.inUse = true
	return e, nil
}

// engine makes it, without what is published.
func (p *parts) engine() (*Engine, error) {
	var verifier *C.char
	if p.verifier != "" {
		var err error
		if verifier, err = textOf(p.verifier); err != nil {
			return nil, err
		}
	}
	store, freeStore, err := p.store()
	if err != nil {
		return nil, err
	}
	defer freeStore()
	var signer *C.trust_signer
	if p.host.signer != nil {
		if err := p.host.signer.acquire(); err != nil {
			return nil, err
		}
		signer = p.host.signer.c()
	}
	number, seams := p.host.seams()
	var engine *C.trust_engine
	var failed C.trust_error
	status := C.tg_engine_new(C.uintptr_t(number), seams, signer, store, verifier, &engine, &failed)
	if err := check(status, &failed); err != nil {
		if number != 0 {
			goEngineGone(C.uintptr_t(number))
		}
		return nil, err
	}
	e := &Engine{}
	if number != 0 {
		e.host = p.host
	}
	e.own(unsafe.Pointer(engine), func(p unsafe.Pointer) { C.trust_engine_free((*C.trust_engine)(p)) })
	return e, nil
}

// store is the store of C to use, nil for one of the engine's own, and what lets go of it.
func (p *parts) store() (*C.trust_store, func(), error) {
	if p.memory != nil {
		if err := p.memory.acquire(); err != nil {
			return nil, nil, err
		}
		return (*C.trust_store)(p.memory.pointer), p.memory.release, nil
	}
	if p.host.store == nil {
		return nil, func() {}, nil
	}
	store, err := newStore(p.host)
	return store, func() { C.trust_store_free(store) }, err
}

// seams is the number that C knows the host's code by, 0 for none, and what there is of it.
func (h *host) seams() (cgo.Handle, C.uint32_t) {
	seams := C.uint32_t(0)
	if h.clock != nil {
		seams |= C.TG_CLOCK
	}
	if h.random != nil {
		seams |= C.TG_RANDOM
	}
	if h.log != nil {
		seams |= C.TG_LOGGER
	}
	if h.transport != nil {
		seams |= C.TG_TRANSPORT
	}
	if seams == 0 && h.store == nil && h.signer == nil {
		return 0, 0
	}
	return cgo.NewHandle(h), seams
}

// publish takes policy, table and references into use.
func (p *parts) publish(e *Engine) error {
	if p.table != nil {
		if err := e.UseTable(p.table); err != nil {
			return err
		}
	}
	if p.reference != nil {
		if err := e.UseReference(p.reference); err != nil {
			return err
		}
	}
	switch {
	case p.policy == nil:
		return nil
	case p.unsigned:
		return e.UsePolicyUnsigned(context.Background(), p.policy)
	}
	return e.UsePolicy(context.Background(), p.policy)
}

func (e *Engine) c() *C.trust_engine {
	return (*C.trust_engine)(e.pointer)
}

// begin is a call that keeps the engine open until it ends.
func (e *Engine) begin(ctx context.Context) (*call, error) {
	return e.host.begin(ctx, &e.handle)
}

// UsePolicy weighs with policy from now on. The store remembers the highest revision of every signed
// policy that was used: a step back is refused, and, once any was signed, every unsigned one.
func (e *Engine) UsePolicy(ctx context.Context, policy *Policy) error {
	return e.usePolicy(ctx, policy, func(number C.uintptr_t, failed *C.trust_error) C.trust_status {
		return C.tg_engine_use_policy(number, e.c(), policy.c(), failed)
	})
}

// UsePolicyUnsigned is for a host that chooses to take an unsigned policy even where the store
// remembers signed ones: decisions say that it is not signed. A signed one is taken or refused as by
// [Engine.UsePolicy].
func (e *Engine) UsePolicyUnsigned(ctx context.Context, policy *Policy) error {
	return e.usePolicy(ctx, policy, func(number C.uintptr_t, failed *C.trust_error) C.trust_status {
		return C.tg_engine_use_policy_unsigned(number, e.c(), policy.c(), failed)
	})
}

func (e *Engine) usePolicy(ctx context.Context, policy *Policy, use func(C.uintptr_t, *C.trust_error) C.trust_status) error {
	if policy == nil {
		return refuse(ErrArgument, "there is no policy")
	}
	c, err := e.begin(ctx)
	if err != nil {
		return err
	}
	if err := c.with(&policy.handle); err != nil {
		return err
	}
	return c.end(use(c.c(), &c.failed))
}

// UseTable looks addresses up in table from now on; nil for nowhere.
func (e *Engine) UseTable(table *Table) error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.release()
	if table == nil {
		return check(C.trust_engine_use_table(e.c(), nil), nil)
	}
	if err := table.acquire(); err != nil {
		return err
	}
	defer table.release()
	return check(C.trust_engine_use_table(e.c(), table.c()), nil)
}

// UseReference compares measurements with reference from now on; nil for none.
func (e *Engine) UseReference(reference *Reference) error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.release()
	if reference == nil {
		return check(C.trust_engine_use_reference(e.c(), nil), nil)
	}
	if err := reference.acquire(); err != nil {
		return err
	}
	defer reference.release()
	return check(C.trust_engine_use_reference(e.c(), reference.c()), nil)
}

// SetSourceDown says that the source of a kind fails for everybody, or works again: by the host's
// own probe, never for one device's bad luck.
func (e *Engine) SetSourceDown(kind Kind, down bool) error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.release()
	flag := C.int32_t(0)
	if down {
		flag = 1
	}
	return check(C.trust_engine_set_source_down(e.c(), C.uint32_t(kind), flag), nil)
}

// Now is the time by the engine's clock; the zero time when that cannot tell.
func (e *Engine) Now() time.Time {
	c, err := e.begin(context.Background())
	if err != nil {
		return time.Time{}
	}
	now := C.tg_engine_now(c.c(), e.c())
	_ = c.end(C.TRUST_OK)
	return fromTime(now)
}
