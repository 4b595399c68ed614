package trust

// The host's own code, when it answers, fails and panics.

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// A shelf is a store in a map. Each of its calls is first announced to before, whose error it gives.
type shelf struct {
	lock   sync.Mutex
	values map[string][]byte
	at     map[string]uint64
	before func(ctx context.Context, call string) error
	closed int
}

func newShelf() *shelf {
	return &shelf{values: map[string][]byte{}, at: map[string]uint64{}}
}

func (s *shelf) Name() string  { return "shelf" }
func (s *shelf) Durable() bool { return true }

func (s *shelf) Close() error {
	s.closed++
	return s.announce(background, "close")
}

func (s *shelf) announce(ctx context.Context, call string) error {
	if s.before == nil {
		return nil
	}
	return s.before(ctx, call)
}

func (s *shelf) Get(ctx context.Context, key []byte) ([]byte, uint64, error) {
	if err := s.announce(ctx, "get"); err != nil {
		return nil, 0, err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	value, ok := s.values[string(key)]
	if !ok {
		return nil, 0, ErrNotFound
	}
	return value, s.at[string(key)], nil
}

func (s *shelf) Commit(ctx context.Context, operations []Operation) error {
	if err := s.announce(ctx, "commit"); err != nil {
		return err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, operation := range operations {
		if operation.Expected != AnyRevision && operation.Expected != s.at[string(operation.Key)] {
			return ErrConflict
		}
	}
	for _, operation := range operations {
		key := string(operation.Key)
		switch operation.Change {
		case Put:
			s.values[key] = operation.Value
			s.at[key]++
		case Delete:
			delete(s.values, key)
			delete(s.at, key)
		}
	}
	return nil
}

// caught is what run panics with.
func caught(run func()) (value interface{}) {
	defer func() { value = recover() }()
	run()
	return nil
}

func TestStoreOfTheHost(t *testing.T) {
	store := newShelf()
	engine := newEngine(t, WithStore(store))
	device, evidence := enroll(t, engine, "lock-1")
	decision, err := device.Assess(background, evidence)
	must(t, err)
	decision.Close()
	device.Close()
	evidence.Close()
	engine.Close()
	if store.closed != 1 {
		t.Fatalf("closed %d times", store.closed)
	}
	again := newEngine(t, WithStore(store))
	found, err := again.Open(background, "lock-1")
	must(t, err)
	defer found.Close()
	if info, err := found.Info(); err != nil || info.Decisions != 1 || info.Verdict != Quarantine {
		t.Errorf("%+v %v", info, err)
	}
}

func TestSharedMemoryStore(t *testing.T) {
	store, err := NewMemoryStore()
	must(t, err)
	first := newEngine(t, WithMemoryStore(store))
	second := newEngine(t, WithMemoryStore(store))
	must(t, store.Close())
	enroll(t, first, "lock-1")
	device, err := second.Open(background, "lock-1")
	must(t, err)
	device.Close()
	_, err = NewEngine(WithMemoryStore(store))
	wants(t, err, ErrClosed)
}

func TestStoreFails(t *testing.T) {
	full := errors.New("the disk is full")
	for call, want := range map[string][]error{
		"get":    {full, ErrIO, context.Canceled, context.DeadlineExceeded, ErrIntegrity},
		"commit": {full, ErrIO, ErrConflict, context.Canceled},
	} {
		for _, failure := range want {
			store := newShelf()
			engine := newEngine(t, WithStore(store))
			device, evidence := enroll(t, engine, "lock-1")
			store.before = func(_ context.Context, now string) error {
				if now == call {
					return failure
				}
				return nil
			}
			must(t, evidence.AddMetric("tx", 1, noon))
			if call == "get" {
				_, err := engine.Open(background, "lock-1")
				wants(t, err, failure)
			}
			if call == "commit" {
				_, err := device.Assess(background, evidence)
				wants(t, err, failure)
			}
			if failure == full {
				err := device.Reload(background)
				if call == "get" {
					wants(t, err, full)
					wants(t, err, ErrIO)
				}
			}
			store.before = nil
			decision, err := device.Assess(background, evidence)
			must(t, err)
			decision.Close()
		}
	}
}

func TestEngineThatFailsLeavesTheStoreOpen(t *testing.T) {
	store := newShelf()
	_, err := NewEngine(WithStore(store), WithVerifier(strings.Repeat("v", 64)))
	wants(t, err, ErrArgument)
	closed := loadText(t, door)
	closed.Close()
	_, err = NewEngine(WithStore(store), WithPolicy(closed))
	wants(t, err, ErrClosed)
	if store.closed != 0 {
		t.Fatal("it was closed")
	}
}

func TestStoreThatFailsToClose(t *testing.T) {
	var lines []string
	log := WithLogger(func(level Level, line string) { lines = append(lines, level.String()+" "+line) })
	for _, fail := range []func() error{
		func() error { return io.ErrClosedPipe },
		func() error { panic("torn") },
	} {
		store := newShelf()
		engine := newEngine(t, WithStore(store), log)
		store.before = func(context.Context, string) error { return fail() }
		must(t, engine.Close())
	}
	if len(lines) != 2 || !strings.Contains(lines[0], io.ErrClosedPipe.Error()) || !strings.Contains(lines[1], "torn") {
		t.Error(lines)
	}
}

// The store is asked on behalf of the caller, who may be gone.
func TestStoreSeesTheContext(t *testing.T) {
	type key struct{}
	var seen []interface{}
	store := newShelf()
	store.before = func(ctx context.Context, _ string) error {
		seen = append(seen, ctx.Value(key{}))
		return nil
	}
	engine := newEngine(t, WithStore(store))
	enroll(t, engine, "lock-1")
	seen = nil
	device, err := engine.Open(context.WithValue(background, key{}, "mine"), "lock-1")
	must(t, err)
	device.Close()
	if len(seen) == 0 || seen[0] != "mine" {
		t.Error(seen)
	}
}

func TestClock(t *testing.T) {
	now := time.Time{}
	policy := WithPolicy(loadText(t, ajar))
	device, evidence := enroll(t, newEngine(t, policy, WithClock(func() time.Time { return now })), "lock-1")
	decision, err := device.Assess(background, evidence)
	must(t, err)
	if decision.Verdict() == Allow || !decision.Info().Decided.IsZero() {
		t.Error("allowed without a clock")
	}
	decision.Close()
	now = noon
	decision, err = device.Assess(background, evidence)
	must(t, err)
	if decision.Verdict() != Allow || !decision.Info().Decided.Equal(noon) {
		t.Error(decision)
	}
	decision.Close()
}

func TestRandomFails(t *testing.T) {
	empty := errors.New("no entropy")
	device, _ := enroll(t, newEngine(t, WithRandom(iotest.ErrReader(empty))), "lock-1")
	_, err := device.Challenge(background, ChallengeRequest{})
	wants(t, err, ErrHost)
	wants(t, err, empty)
	short, _ := enroll(t, newEngine(t, WithRandom(bytes.NewReader(make([]byte, 31)))), "lock-1")
	_, err = short.Challenge(background, ChallengeRequest{})
	wants(t, err, io.ErrUnexpectedEOF)
	slow, _ := enroll(t, newEngine(t, WithRandom(iotest.OneByteReader(bytes.NewReader(make([]byte, 32))))), "lock-1")
	challenge, err := slow.Challenge(background, ChallengeRequest{})
	must(t, err)
	challenge.Close()
}

// A panic of the host's code goes on in the call that needed it, and leaves everything usable.
func TestPanics(t *testing.T) {
	torn := errors.New("torn")
	panics := false
	store := newShelf()
	store.before = func(context.Context, string) error {
		if panics {
			panic(torn)
		}
		return nil
	}
	engine := newEngine(t, WithStore(store), WithClock(func() time.Time {
		if panics {
			panic(torn)
		}
		return noon
	}), WithRandom(readerFunc(func([]byte) (int, error) { panic(torn) })))
	device, evidence := enroll(t, engine, "lock-1")
	policy := loadText(t, door)
	calls := map[string]func(){
		"Enroll":       func() { _, _ = engine.Enroll(background, "lock-2", Enrolment{}) },
		"Open":         func() { _, _ = engine.Open(background, "lock-1") },
		"Now":          func() { engine.Now() },
		"UsePolicy":    func() { _ = engine.UsePolicy(background, policy) },
		"Appraise":     func() { _, _ = engine.Appraise(background, Appraisal{Type: TypeEATCWT}) },
		"AssessMany":   func() { engine.AssessMany(background, []Job{{device, evidence}}) },
		"SetLifecycle": func() { _ = device.SetLifecycle(background, Suspended) },
		"Reload":       func() { _ = device.Reload(background) },
		"Challenge":    func() { _, _ = device.Challenge(background, ChallengeRequest{}) },
		"Adopt":        func() { _, _ = device.Adopt(background, make([]byte, 8), ChallengeRequest{}) },
		"Assess":       func() { _, _ = device.Assess(background, evidence) },
		"Preview":      func() { _, _ = device.Preview(background, evidence) },
		"Observe":      func() { _, _ = device.Observe(background, evidence) },
	}
	for name, run := range calls {
		panics = true
		if value := caught(run); value != torn {
			t.Errorf("%s: %v", name, value)
		}
		panics = false
	}
	if value := caught(func() { _, _ = device.Challenge(background, ChallengeRequest{}) }); value != torn {
		t.Error(value)
	}
	decision, err := device.Assess(background, evidence)
	must(t, err)
	decision.Close()
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A callback that works with another engine is a call within a call: each hears its own.
func TestCallWithinACall(t *testing.T) {
	inner := newEngine(t, WithClock(func() time.Time { panic("inner") }))
	engine := newEngine(t, WithClock(func() time.Time {
		if value := caught(func() { inner.Now() }); value != "inner" {
			t.Error(value)
		}
		return noon
	}))
	if !engine.Now().Equal(noon) {
		t.Error(engine.Now())
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func TestFetch(t *testing.T) {
	transport := roundTrip(func(request *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(request.Body)
		must(t, err)
		if request.Method != "POST" || request.URL.String() != "https://verifier.example/a" ||
			request.Header.Get("Accept") != "x/y" || string(body) != "question" {
			t.Errorf("%+v %s", request, body)
		}
		if err := request.Context().Err(); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: 203, Body: io.NopCloser(strings.NewReader("answer"))}, nil
	})
	ask := func(ctx context.Context, limit int64, headers ...string) (int, []byte, error) {
		return fetch(ctx, transport, "POST", "https://verifier.example/a", headers, []byte("question"), limit)
	}
	status, body, err := ask(background, 6, "Accept: x/y")
	if status != 203 || string(body) != "answer" || err != nil {
		t.Error(status, body, err)
	}
	_, _, err = ask(background, 5, "Accept: x/y")
	wants(t, err, ErrLimit)
	_, _, err = ask(background, 6, "Accept")
	wants(t, err, ErrArgument)
	ctx, cancel := before(background, atNoon, noon)
	defer cancel()
	_, _, err = ask(ctx, 6, "Accept: x/y")
	wants(t, err, context.DeadlineExceeded)
}
