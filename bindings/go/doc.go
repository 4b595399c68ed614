// Package trust decides how far an IoT device can be trusted, right now, and why.
//
// It is the Go face of the C library libtrust, and adds no judgement to it: it converts types, owns
// handles and maps errors. An [Engine] holds what does not change from device to device, a [Device]
// is asked with a [Challenge], its [Evidence] goes into [Device.Assess], and a [Decision] comes out.
//
// # Handles
//
// Every object is a handle of C. Close lets go of it, is free to be called at any time, from any
// goroutine and any number of times, and in any order: what needs an object keeps it alive, and so
// does a call in flight. A closed handle, and the zero value of every type, answers [ErrClosed]. A
// handle that is not closed is let go of once the garbage collector finds it, but the collector does
// not see the memory that C holds for it. So the collector is called, for the whole program, when more
// than 2,048 handles are open: whoever makes many of them closes them.
//
// Every handle may be shared by goroutines. One that works for one at a time ([Device], [Evidence],
// [Baseline]) answers [ErrBusy] to the second, and has changed nothing.
//
// # Errors
//
// A verdict is never an error: a device that is denied was assessed with a nil error. What fails
// gives an [*Error]: errors.Is compares it with [ErrFormat] and its siblings, errors.As finds where a
// document is wrong. A call whose context ended is both [ErrCancelled] and context.Canceled, or both
// [ErrTimeout] and context.DeadlineExceeded.
//
// # Time
//
// The zero time.Time means that a time is not known, [Never] that it does not come.
//
// # Building
//
// The package finds the C library with pkg-config. docs/go.md has the commands.
package trust

/*
#cgo pkg-config: libtrust libtrust-attest
#include <trust/trust.h>
*/
import "C"

// Version is that of the C library, such as "0.1.0".
func Version() string {
	return C.GoString(C.trust_version())
}
