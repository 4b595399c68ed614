package trust

// What a context does to a call, before it, during it and after it.

import (
	"context"
	"runtime"
	"testing"
	"time"
)

func TestEndedContextCallsNothing(t *testing.T) {
	store := newShelf()
	engine := newEngine(t, WithStore(store))
	device, evidence := enroll(t, engine, "lock-1")
	store.before = func(_ context.Context, call string) error {
		if call != "close" {
			t.Error("the store was asked")
		}
		return nil
	}
	cancelled, cancel := context.WithCancel(background)
	cancel()
	late, cancel := context.WithDeadline(background, time.Now().Add(-time.Second))
	defer cancel()
	for ctx, want := range map[context.Context][2]error{
		cancelled: {ErrCancelled, context.Canceled},
		late:      {ErrTimeout, context.DeadlineExceeded},
	} {
		_, enrolled := engine.Enroll(ctx, "lock-2", Enrolment{})
		_, opened := engine.Open(ctx, "lock-1")
		_, appraised := engine.Appraise(ctx, Appraisal{Type: "x/y"})
		_, assessed := device.Assess(ctx, evidence)
		_, previewed := device.Preview(ctx, evidence)
		_, observed := device.Observe(ctx, evidence)
		_, asked := device.Challenge(ctx, ChallengeRequest{})
		for i, err := range []error{
			enrolled, opened, appraised, assessed, previewed, observed, asked,
			device.Reload(ctx), device.SetLifecycle(ctx, Suspended), device.Delivered(ctx, 1),
			engine.UsePolicy(ctx, loadText(t, door)), engine.AssessMany(ctx, []Job{{device, evidence}})[0].Err,
		} {
			if i < 0 || err == nil {
				t.Fatal(i, err)
			}
			wants(t, err, want[0])
			wants(t, err, want[1])
		}
	}
	var none context.Context
	_, err := device.Assess(none, evidence)
	wants(t, err, ErrArgument)
}

// The context ends while the store is being read: nothing is committed after that.
func TestContextEndsDuringTheCall(t *testing.T) {
	store := newShelf()
	engine := newEngine(t, WithStore(store))
	device, evidence := enroll(t, engine, "lock-1")
	committed := false
	arm := func(end func()) {
		first := true
		committed = false
		store.before = func(ctx context.Context, call string) error {
			if call == "commit" && first {
				first = false
				end()
				<-ctx.Done()
				return ErrConflict // so that the call starts over, and looks at its context
			}
			if call == "commit" {
				committed = true
			}
			return nil
		}
	}
	ctx, cancel := context.WithCancel(background)
	arm(cancel)
	_, err := device.Assess(ctx, evidence)
	wants(t, err, ErrCancelled)
	wants(t, err, context.Canceled)
	short, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	arm(func() {})
	_, err = device.Assess(short, evidence)
	wants(t, err, ErrTimeout)
	wants(t, err, context.DeadlineExceeded)
	if committed {
		t.Error("it was committed all the same")
	}
	many, cancel := context.WithCancel(background)
	arm(cancel)
	for _, judgement := range engine.AssessMany(many, []Job{{device, evidence}, {device, evidence}}) {
		wants(t, judgement.Err, ErrCancelled)
		wants(t, judgement.Err, context.Canceled)
	}
	store.before = nil
	decision, err := device.Assess(background, evidence)
	must(t, err)
	decision.Close()
}

// A deadline counts by the engine's clock, wherever that stands.
func TestDeadlineByTheEnginesClock(t *testing.T) {
	for _, now := range []time.Time{{}, time.Unix(1, 0), noon, noon.AddDate(100, 0, 0)} {
		now := now
		device, evidence := enroll(t, newEngine(t, WithClock(func() time.Time { return now })), "lock-1")
		ctx, cancel := context.WithTimeout(background, time.Minute)
		decision, err := device.Assess(ctx, evidence)
		cancel()
		if err != nil {
			t.Fatalf("at %v: %v", now, err)
		}
		decision.Close()
	}
	clock := noon
	device, evidence := enroll(t, newEngine(t, WithClock(func() time.Time {
		clock = clock.Add(time.Hour)
		return clock
	})), "lock-1")
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	_, err := device.Assess(ctx, evidence)
	wants(t, err, ErrTimeout)
	wants(t, err, context.DeadlineExceeded)
}

// The clock is asked before the call too, for what is left of a deadline.
func TestPanicOfTheClockHoldsNothing(t *testing.T) {
	panics := false
	device, evidence := enroll(t, newEngine(t, WithClock(func() time.Time {
		if panics {
			panic("torn")
		}
		return noon
	})), "lock-1")
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	panics = true
	if value := caught(func() { _, _ = device.Assess(ctx, evidence) }); value != "torn" {
		t.Error(value)
	}
	panics = false
	for name, h := range map[string]*handle{"device": &device.handle, "evidence": &evidence.handle} {
		if n := h.state.Load(); n != 0 {
			t.Errorf("the %s is in use by %d calls", name, n)
		}
	}
	must(t, evidence.Clear())
}

func TestContextsLeaveNothingBehind(t *testing.T) {
	device, evidence := enroll(t, newEngine(t), "lock-1")
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(background, time.Hour)
	defer cancel()
	for i := 0; i < 100; i++ {
		for _, ctx := range []context.Context{background, ctx} {
			decision, err := device.Preview(ctx, evidence)
			must(t, err)
			decision.Close()
		}
	}
	if after := runtime.NumGoroutine(); after > before+1 {
		t.Errorf("%d goroutines have become %d", before, after)
	}
}
