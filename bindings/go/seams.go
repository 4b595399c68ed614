package trust

// The host's own code, as C reaches it: clock, random, log, network, key, store and files. What it
// answers or panics with is kept in the call during which it ran; no panic crosses C.

/*
#include "seams.h"
*/
import "C"

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/cgo"
	"strings"
	"time"
	"unsafe"
)

// Level says how grave an event of the log is.
type Level int32

// The levels of the log.
const (
	LevelError   Level = C.TRUST_LOG_ERROR   // a signal failed
	LevelWarning Level = C.TRUST_LOG_WARNING // a signal could not learn
	LevelInfo    Level = C.TRUST_LOG_INFO
)

// String is the level's word.
func (l Level) String() string {
	switch l {
	case LevelError:
		return "error"
	case LevelWarning:
		return "warning"
	case LevelInfo:
		return "info"
	}
	return fmt.Sprintf("level %d", int32(l))
}

// A host is the code that an engine runs on; what is nil is C's own.
type host struct {
	clock     func() time.Time
	random    io.Reader
	log       func(Level, string)
	transport http.RoundTripper
	store     Store
	signer    *Signer // kept open until the engine is gone
	inUse     bool    // an engine was made: the store is closed with it
}

// callOf is the call that C was given the number of; a nobody's call for 0, which only a release
// can be in.
func callOf(number C.uintptr_t) *call {
	if number == 0 {
		return &call{ctx: context.Background()}
	}
	return cgo.Handle(number).Value().(*call)
}

// guard runs the host's code and keeps its panic for the call that it ran in.
func guard(number C.uintptr_t, run func()) {
	returned := false
	defer func() {
		if value := recover(); !returned {
			c := callOf(number)
			if !c.panicked {
				c.panicked, c.value = true, value
			}
		}
	}()
	run()
	returned = true
}

// answer runs the host's code and gives C a status for the error that it answered: the error's own,
// or otherwise.
func answer(number C.uintptr_t, otherwise Status, run func(c *call) error) C.trust_status {
	status := C.trust_status(ErrHost)
	guard(number, func() {
		c := callOf(number)
		err := run(c)
		status = statusOf(err, otherwise)
		if err != nil {
			c.err, c.status = err, status
		}
		if c.ctx.Err() != nil {
			C.trust_cancel_now(c.cancel) // before C looks, whenever the watch wakes up
		}
	})
	return status
}

// statusOf is the status that stands for an error.
func statusOf(err error, otherwise Status) C.trust_status {
	var status Status
	switch {
	case err == nil:
		return C.TRUST_OK
	case errors.As(err, &status) && status <= ErrArgument && status >= ErrHost:
		return C.trust_status(status)
	case errors.Is(err, context.Canceled):
		return C.TRUST_E_CANCELLED
	case errors.Is(err, context.DeadlineExceeded):
		return C.TRUST_E_TIMEOUT
	}
	return C.trust_status(otherwise)
}

func hostOf(number C.uintptr_t) *host {
	return cgo.Handle(number).Value().(*host)
}

//export goNow
func goNow(number, user C.uintptr_t) C.trust_time {
	now := C.trust_time(C.TRUST_TIME_UNKNOWN)
	guard(number, func() { now = toTime(hostOf(user).clock()) })
	return now
}

//export goFill
func goFill(number, user C.uintptr_t, out unsafe.Pointer, size C.size_t) C.trust_status {
	return answer(number, ErrHost, func(*call) error {
		// The reader gets memory of its own: it may keep what it was given.
		random := make([]byte, int(size))
		if _, err := io.ReadFull(hostOf(user).random, random); err != nil {
			return err
		}
		copy(unsafe.Slice((*byte)(out), len(random)), random)
		return nil
	})
}

//export goLog
func goLog(number, user C.uintptr_t, level C.int32_t, line *C.char) {
	guard(number, func() { hostOf(user).log(Level(level), C.GoString(line)) })
}

//export goFetch
func goFetch(number, user C.uintptr_t, request *C.trust_request, response *C.trust_response) C.trust_status {
	return answer(number, ErrIO, func(c *call) error {
		headers := unsafe.Slice(request.headers, int(request.header_count))
		lines := make([]string, len(headers))
		for i, header := range headers {
			lines[i] = C.GoString(header)
		}
		ctx, cancel := before(c.ctx, hostOf(user).clock, fromTime(request.deadline))
		defer cancel()
		status, body, err := fetch(ctx, hostOf(user).transport, C.GoString(request.method),
			C.GoString(request.url), lines, viewOf(request.body), int64(request.response_limit))
		if err != nil {
			return err
		}
		response.status = C.int32_t(status)
		d := lend(body)
		return check(C.tg_response_body(response, unsafe.Pointer(&d[0]), C.size_t(len(body))), nil)
	})
}

// before is a context that ends at a deadline by the engine's clock.
func before(ctx context.Context, clock func() time.Time, deadline time.Time) (context.Context, context.CancelFunc) {
	if deadline.IsZero() || deadline.Equal(Never) || deadline.UnixMilli() == 0 {
		return context.WithCancel(ctx)
	}
	if clock == nil {
		clock = time.Now
	}
	return context.WithTimeout(ctx, deadline.Sub(clock()))
}

// fetch makes one request and reads its answer, of which no more than limit bytes are taken.
func fetch(ctx context.Context, transport http.RoundTripper, method, url string, headers []string, body []byte, limit int64) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for _, header := range headers {
		i := strings.IndexByte(header, ':')
		if i < 0 {
			return 0, nil, refuse(ErrArgument, "a header is a name, a colon and a value")
		}
		request.Header.Add(header[:i], strings.TrimSpace(header[i+1:]))
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err == nil && int64(len(answer)) > limit {
		err = refuse(ErrLimit, "the response is larger than is read")
	}
	return response.StatusCode, answer, err
}

//export goEngineGone
func goEngineGone(user C.uintptr_t) {
	host := hostOf(user)
	cgo.Handle(user).Delete()
	if host.signer != nil {
		host.signer.release()
	}
}

//export goReadFile
func goReadFile(number C.uintptr_t, name C.trust_bytes, out unsafe.Pointer, capacity C.size_t, size *C.size_t) C.trust_status {
	return answer(number, ErrIO, func(c *call) error {
		file, err := c.files.Open(string(viewOf(name)))
		if err != nil {
			return err
		}
		defer file.Close()
		data, err := io.ReadAll(io.LimitReader(file, int64(capacity)+1))
		if err != nil {
			return err
		}
		if len(data) > int(capacity) {
			return refuse(ErrLimit, "the file is larger than an item may be")
		}
		copy(unsafe.Slice((*byte)(out), int(capacity)), data)
		*size = C.size_t(len(data))
		return nil
	})
}
