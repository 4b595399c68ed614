package trust

// Handles closed in every order, twice, in use, by others, and never.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// scene is one of each handle of an engine.
type scene struct {
	engine    *Engine
	device    *Device
	evidence  *Evidence
	challenge *Challenge
	decision  *Decision
	result    *Result
}

func newScene(t testing.TB, id string, options ...Option) scene {
	t.Helper()
	var s scene
	var err error
	s.engine = newEngine(t, options...)
	s.device, s.evidence = enroll(t, s.engine, id)
	must(t, s.evidence.AddAddressText("192.0.2.7"))
	s.challenge, err = s.device.Challenge(background, ChallengeRequest{})
	must(t, err)
	s.decision, err = s.device.Assess(background, s.evidence)
	must(t, err)
	s.result, err = s.engine.Appraise(background, Appraisal{Type: TypeEATCWT})
	must(t, err)
	return s
}

type closer interface{ Close() error }

func (s scene) handles() []closer {
	return []closer{s.engine, s.device, s.evidence, s.challenge, s.decision, s.result}
}

// use calls something of every handle, and accepts that any may be closed.
func (s scene) use(t testing.TB) {
	accept := func(err error) {
		if err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, ErrBusy) {
			t.Error(err)
		}
	}
	if again, err := s.engine.Open(background, "lock-1"); err == nil {
		accept(again.Close())
	} else {
		accept(err)
	}
	_, err := s.device.Info()
	accept(err)
	_ = s.device.ID()
	accept(s.evidence.AddMetric("tx", 1, noon))
	accept(s.evidence.Clear())
	if decision, err := s.device.Assess(background, s.evidence); err == nil {
		_ = decision.String()
		accept(decision.Close())
	} else {
		accept(err)
	}
	_, _ = s.challenge.Nonce(), s.challenge.ID()
	_, err = s.decision.MarshalJSON()
	accept(err)
	_, err = s.result.JSON(true)
	accept(err)
}

// Every order of closing six handles, each used after every step.
func TestCloseInEveryOrder(t *testing.T) {
	var order func(left []int, chosen []int)
	order = func(left []int, chosen []int) {
		if len(left) == 0 {
			s := newScene(t, "lock-1", WithStore(newShelf()))
			for _, i := range chosen {
				must(t, s.handles()[i].Close())
				must(t, s.handles()[i].Close())
				s.use(t)
			}
			return
		}
		for i := range left {
			rest := append(append([]int{}, left[:i]...), left[i+1:]...)
			order(rest, append(append([]int{}, chosen...), left[i]))
		}
	}
	order([]int{0, 1, 2, 3, 4, 5}, nil)
}

// Closed and zero handles answer every method, without a panic.
func TestEveryMethodOfAClosedHandle(t *testing.T) {
	s := newScene(t, "lock-1")
	var handles []interface{}
	for _, handle := range s.handles() {
		must(t, handle.Close())
		handles = append(handles, handle)
	}
	handles = append(handles, &Engine{}, &Device{}, &Evidence{}, &Challenge{}, &Decision{}, &Result{}, &MemoryStore{})
	for _, handle := range handles {
		value := reflect.ValueOf(handle)
		for i := 0; i < value.NumMethod(); i++ {
			name := value.Type().String() + "." + value.Type().Method(i).Name
			method := value.Method(i)
			arguments := make([]reflect.Value, method.Type().NumIn())
			for a := range arguments {
				arguments[a] = reflect.Zero(method.Type().In(a))
				if method.Type().In(a) == reflect.TypeOf((*context.Context)(nil)).Elem() {
					arguments[a] = reflect.ValueOf(background)
				}
			}
			if method.Type().IsVariadic() {
				continue
			}
			for _, out := range method.Call(arguments) {
				err, ok := out.Interface().(error)
				if ok && !errors.Is(err, ErrClosed) && !errors.Is(err, ErrArgument) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

func TestOneAtATime(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	store := newShelf()
	device, evidence := enroll(t, newEngine(t, WithStore(store)), "lock-1")
	store.before = func(_ context.Context, call string) error {
		if call == "commit" {
			entered <- struct{}{}
			<-leave
		}
		return nil
	}
	done := make(chan error)
	go func() {
		decision, err := device.Assess(background, evidence)
		if err == nil {
			err = decision.Close()
		}
		done <- err
	}()
	<-entered
	_, err := device.Assess(background, evidence)
	wants(t, err, ErrBusy)
	_, err = device.Info()
	wants(t, err, ErrBusy)
	wants(t, device.Reload(background), ErrBusy)
	wants(t, evidence.Clear(), ErrBusy)
	wants(t, evidence.Add(FromHost, "x/y", nil), ErrBusy)
	if device.ID() != "lock-1" || evidence.Len() != 0 {
		t.Error("what any goroutine may ask is refused")
	}
	// Closed in use: the call goes on, and nothing else begins.
	must(t, device.Close())
	must(t, evidence.Close())
	wants(t, evidence.Clear(), ErrClosed)
	close(leave)
	must(t, <-done)
}

// Goroutines use one engine, and now and then one another's handles, which somebody closes.
func TestGoroutines(t *testing.T) {
	engine := newEngine(t, WithStore(newShelf()))
	var all sync.WaitGroup
	for g := 1; g <= 8; g++ {
		device, evidence := enroll(t, engine, "lock-"+strconv.Itoa(g))
		decision, err := device.Preview(background, evidence)
		must(t, err)
		for user := 0; user < 2; user++ {
			all.Add(1)
			go func(closes bool) {
				defer all.Done()
				for i := 0; i < 50; i++ {
					s := scene{engine, device, evidence, &Challenge{}, decision, &Result{}}
					s.use(t)
					if closes && i == 40 {
						device.Close()
						evidence.Close()
						decision.Close()
					}
				}
			}(user == 0)
		}
	}
	all.Wait()
}

func TestCallbacksThatClose(t *testing.T) {
	var s scene
	store := newShelf()
	s = newScene(t, "lock-1", WithStore(store))
	store.before = func(context.Context, string) error {
		for _, handle := range s.handles() {
			handle.Close()
		}
		runtime.GC()
		return nil
	}
	decision, err := s.device.Assess(background, s.evidence)
	must(t, err)
	if decision.Verdict() == NoVerdict {
		t.Error(decision)
	}
	decision.Close()
	s.use(t)
}

// resident is how many bytes of memory the process has in use.
func resident(t testing.TB) int {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no account of memory here")
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	must(t, err)
	return pages * os.Getpagesize()
}

// 10,000 objects of every kind do not stay, whether they are closed or left to the collector.
func TestTenThousandObjects(t *testing.T) {
	for _, closes := range []bool{true, false} {
		t.Run(fmt.Sprintf("closes=%v", closes), func(t *testing.T) {
			engine := newEngine(t)
			device, about := enroll(t, engine, "lock-1")
			var begun int
			for i := 0; i < 11000; i++ {
				opened, err := engine.Open(background, "lock-1")
				must(t, err)
				evidence, err := opened.NewEvidence()
				must(t, err)
				decision, err := device.Preview(background, about)
				must(t, err)
				result, err := engine.Appraise(background, Appraisal{Type: TypeEATCWT})
				must(t, err)
				if closes {
					for _, handle := range []closer{opened, evidence, decision, result} {
						must(t, handle.Close())
					}
				}
				if i == 1000 {
					begun = resident(t)
				}
			}
			if grown := resident(t) - begun; grown > 256<<20 {
				t.Errorf("%d KiB more", grown>>10)
			}
		})
	}
}

// The collector is called because of handles that are open, never because of closed ones.
func TestOnlyOpenHandlesCallTheCollector(t *testing.T) {
	for i := 0; i < 500 && alive.Load() > few/2; i++ {
		runtime.GC() // what other tests left
		time.Sleep(time.Millisecond)
	}
	collecting.Lock()
	bound.Store(0)
	collecting.Unlock()
	calls := func() uint32 {
		var account runtime.MemStats
		runtime.ReadMemStats(&account)
		return account.NumForcedGC
	}
	before := calls()
	for i := 0; i < 3*few; i++ {
		must(t, newTestBaseline(t).Close())
	}
	if calls() != before {
		t.Error("closed handles called it")
	}
	for i := 0; i <= few; i++ {
		newTestBaseline(t)
	}
	for i := 0; i < 500 && calls() == before; i++ {
		time.Sleep(time.Millisecond)
	}
	if calls() == before {
		t.Error("open handles did not")
	}
}

// What is made while the collector is at work is nothing that it left, and what is closed does not
// make that less.
func TestOnlyWhatWasThereIsLeft(t *testing.T) {
	const held = 100
	for i := 0; i < held; i++ {
		newTestBaseline(t)
	}
	collecting.Lock()
	begun := abandon()
	there := alive.Load()
	done := make(chan int64, 1)
	go func() {
		collect()
		done <- bound.Load()
	}()
	<-begun
	for {
		newTestBaseline(t)
		must(t, newTestBaseline(t).Close())
		select {
		case n := <-done:
			if n < 2*held || n > 2*there {
				t.Errorf("%d objects, %d of them held, and the bound is %d", there, held, n)
			}
			return
		default:
		}
	}
}

// What was never closed is gone with the collector: the engine too, whose store is then closed.
func TestCollectorClosesTheStore(t *testing.T) {
	closed := make(chan struct{})
	store := newShelf()
	store.before = func(_ context.Context, call string) error {
		if call == "close" {
			close(closed)
		}
		return nil
	}
	func() {
		engine, err := NewEngine(WithStore(store), WithRandom(bytes.NewReader(nil)))
		must(t, err)
		_, err = engine.Enroll(background, "lock-1", Enrolment{})
		must(t, err)
	}()
	for i := 0; i < 500; i++ {
		runtime.GC()
		select {
		case <-closed:
			return
		case <-time.After(time.Millisecond):
		}
	}
	t.Fatal("the store is still open")
}
