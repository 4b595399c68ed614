package trust

// One call into C on behalf of a goroutine: its context, and what the host's own code that ran in it
// answered.

/*
#include <trust/host.h>
*/
import "C"

import (
	"context"
	"errors"
	"io/fs"
	"runtime/cgo"
	"time"
)

// A call is what the Go side keeps of one call into C.
type call struct {
	ctx    context.Context
	host   *host
	files  fs.FS      // that a bundle may name
	number cgo.Handle // what the seams know this call by; 0 where no code of the host can run
	held   [2]*handle // what is in use during the call
	cancel *C.trust_cancel
	stop   func() // ends the watch over the context
	failed C.trust_error

	// Of the host's code: the last error that it answered and the status that C was given for it,
	// and the first panic.
	err      error
	status   C.trust_status
	panicked bool
	value    interface{}
}

// begin is a call that uses an object of an engine, until end. A context that has ended already
// makes none.
func (h *host) begin(ctx context.Context, object *handle) (*call, error) {
	if ctx == nil {
		return nil, refuse(ErrArgument, "a call needs a context")
	}
	if err := ctx.Err(); err != nil {
		return nil, ended(err)
	}
	if err := object.acquire(); err != nil {
		return nil, err
	}
	c := &call{ctx: ctx, host: h}
	c.held[0] = object
	if h != nil {
		c.listen()
	}
	return c, nil
}

// with uses another object too, until end.
func (c *call) with(object *handle) error {
	err := object.acquire()
	if err != nil {
		c.close()
		return err
	}
	c.held[1] = object
	return nil
}

// listen makes the host's code find this call.
func (c *call) listen() {
	c.number = cgo.NewHandle(c)
}

// c is the number that the seams hand on.
func (c *call) c() C.uintptr_t {
	return C.uintptr_t(c.number)
}

// limit tells C how long the call may take: until the context ends.
func (c *call) limit() (C.trust_time, *C.trust_cancel, error) {
	if c.ctx.Done() == nil {
		return 0, nil, nil
	}
	if err := check(C.trust_cancel_new(&c.cancel), nil); err != nil {
		c.close()
		return 0, nil, err
	}
	cancel := c.cancel
	c.stop = watch(c.ctx, func() { C.trust_cancel_now(cancel) })
	told := false
	defer func() {
		if !told {
			c.close() // the host's clock panicked
		}
	}()
	deadline := c.deadline()
	told = true
	return deadline, cancel, nil
}

// deadline is the context's, by the engine's clock; 0 for none.
func (c *call) deadline() C.trust_time {
	deadline, ok := c.ctx.Deadline()
	if !ok {
		return 0
	}
	if c.host != nil && c.host.clock != nil {
		now := c.host.clock()
		if now.IsZero() {
			return 0 // the clock cannot tell, the context still can
		}
		deadline = now.Add(time.Until(deadline))
	}
	return toTime(deadline)
}

// close ends what begin and limit began.
func (c *call) close() {
	if c.stop != nil {
		c.stop()
		C.trust_cancel_free(c.cancel)
	}
	if c.number != 0 {
		c.number.Delete()
	}
	for _, object := range c.held {
		if object != nil {
			object.release()
		}
	}
}

// end is the error of what C answered. A panic of the host's code goes on here.
func (c *call) end(status C.trust_status) error {
	c.close()
	if c.panicked {
		panic(c.value)
	}
	if status == C.TRUST_OK {
		return nil
	}
	return c.explain(status, &c.failed)
}

// explain is the error of a status, and why: an end of the context, or what the host's code said.
func (c *call) explain(status C.trust_status, failed *C.trust_error) error {
	if status == C.TRUST_E_CANCELLED || status == C.TRUST_E_TIMEOUT {
		if err := c.ctx.Err(); err != nil {
			return ended(err)
		}
		if _, ok := c.ctx.Deadline(); ok && status == C.TRUST_E_TIMEOUT {
			return ended(context.DeadlineExceeded)
		}
	}
	failure := failure(status, failed)
	if c.err != nil && c.status == status {
		failure.Cause = c.err
	}
	return failure
}

// ended is the error of a call whose context has ended.
func ended(cause error) error {
	status := ErrCancelled
	if errors.Is(cause, context.DeadlineExceeded) {
		status = ErrTimeout
	}
	return &Error{Status: status, Message: "the call's context ended", Cause: cause}
}
