package trust

// What a call answers when it fails: the status of C, and where and why.

/*
#include <trust/status.h>
*/
import "C"

import (
	"errors"
	"strconv"
	"strings"
)

// A Status says what kind of failure it was. Its values are those of C and frozen.
type Status int32

// Every status that a call can fail with.
const (
	ErrArgument    Status = C.TRUST_E_ARGUMENT    // the caller broke the call's contract
	ErrNoMemory    Status = C.TRUST_E_NOMEM       // memory could not be had; nothing changed
	ErrFormat      Status = C.TRUST_E_FORMAT      // bytes from outside are not what their format asks for
	ErrLimit       Status = C.TRUST_E_LIMIT       // bytes or counts from outside are larger than is read
	ErrUnsupported Status = C.TRUST_E_UNSUPPORTED // well formed, but of a kind or version that is not read
	ErrSignature   Status = C.TRUST_E_SIGNATURE   // a signature, MAC or digest does not match
	ErrNotFound    Status = C.TRUST_E_NOT_FOUND   // there is no such thing
	ErrExists      Status = C.TRUST_E_EXISTS      // there is already such a thing
	ErrConflict    Status = C.TRUST_E_CONFLICT    // somebody else changed the record; nothing was written
	ErrBusy        Status = C.TRUST_E_BUSY        // another goroutine is using this handle
	ErrIO          Status = C.TRUST_E_IO          // reading, writing or connecting failed
	ErrTimeout     Status = C.TRUST_E_TIMEOUT     // the call's deadline passed
	ErrCancelled   Status = C.TRUST_E_CANCELLED   // the call was cancelled
	ErrIntegrity   Status = C.TRUST_E_INTEGRITY   // a stored record fails its integrity check
	ErrState       Status = C.TRUST_E_STATE       // not possible in the present state
	ErrHost        Status = C.TRUST_E_HOST        // a callback of the host broke its contract or failed
)

// ErrClosed is what a handle answers after Close, and the zero value of its type always.
var ErrClosed = errors.New("trust: the handle is closed")

// Error is one short sentence for the status.
func (s Status) Error() string {
	return "trust: " + C.GoString(C.trust_status_text(C.trust_status(s)))
}

// Name is what C calls the status, such as "TRUST_E_FORMAT".
func (s Status) Name() string {
	return C.GoString(C.trust_status_name(C.trust_status(s)))
}

// An Error says where and why a call failed.
type Error struct {
	Status  Status
	Message string // one line, lower case
	Where   string // a JSON pointer, a file or a field; often empty
	Offset  uint64 // byte offset in the input, 0 when that means nothing
	Line    int    // 1-based line of a text document, 0 likewise
	Column  int    // 1-based column in bytes, 0 likewise
	Cause   error  // what a callback answered, or why the context ended; often nil
}

// Error is one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("trust: ")
	b.WriteString(e.Message)
	if e.Where != "" {
		b.WriteString(" at ")
		b.WriteString(e.Where)
	}
	if e.Line > 0 {
		b.WriteString(" (line ")
		b.WriteString(strconv.Itoa(e.Line))
		b.WriteString(", column ")
		b.WriteString(strconv.Itoa(e.Column))
		b.WriteString(")")
	}
	if e.Cause != nil {
		b.WriteString(": ")
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Is makes errors.Is(err, ErrFormat) work.
func (e *Error) Is(target error) bool {
	return target == error(e.Status)
}

// As makes errors.As find the Status.
func (e *Error) As(target interface{}) bool {
	status, ok := target.(*Status)
	if ok {
		*status = e.Status
	}
	return ok
}

// Unwrap is the cause.
func (e *Error) Unwrap() error {
	return e.Cause
}

// refuse is the error of an argument that never reaches C.
func refuse(status Status, message string) error {
	return &Error{Status: status, Message: message}
}

// because tells what a call needs that gives no details: the sentence of its error of this status.
func because(err error, status Status, message string) error {
	if failed, ok := err.(*Error); ok && failed.Status == status && failed.Cause == nil {
		failed.Message = message
	}
	return err
}

// check makes an error of what C answered; err may be nil for a call that gives no details.
func check(status C.trust_status, err *C.trust_error) error {
	if status == C.TRUST_OK {
		return nil
	}
	return failure(status, err)
}

func failure(status C.trust_status, err *C.trust_error) *Error {
	if err == nil || err.code != status || err.message[0] == 0 {
		return &Error{Status: Status(status), Message: C.GoString(C.trust_status_text(status))}
	}
	return &Error{
		Status:  Status(status),
		Message: C.GoString(&err.message[0]),
		Where:   C.GoString(&err.where[0]),
		Offset:  uint64(err.offset),
		Line:    int(err.line),
		Column:  int(err.column),
	}
}
