package trust

// The behaviour baseline alone: how unusual each value of one series is, given what came before.

// #include <trust/baseline.h>
import "C"

import "unsafe"

// Mode says what a baseline does with what it scores.
type Mode uint32

const (
	Learn      Mode = C.TRUST_LEARN       // score, and take in
	LearnAside Mode = C.TRUST_LEARN_ASIDE // score, and let nothing learnt move
)

// Baseline knows what is usual for one metric of one device. One goroutine at a time: a second one
// gets ErrBusy.
type Baseline struct {
	handle
}

// NewBaseline makes a baseline that has seen nothing.
func NewBaseline() (*Baseline, error) {
	var baseline *C.trust_baseline
	if err := check(C.trust_baseline_new(nil, &baseline), nil); err != nil {
		return nil, err
	}
	return newBaseline(baseline), nil
}

// RestoreBaseline goes on from what Save gave. The bytes are untrusted.
func RestoreBaseline(state []byte) (*Baseline, error) {
	var baseline *C.trust_baseline
	var failed C.trust_error
	d := lend(state)
	status := C.trust_baseline_restore(unsafe.Pointer(&d[0]), C.size_t(len(state)), nil, &baseline,
		&failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	return newBaseline(baseline), nil
}

func newBaseline(baseline *C.trust_baseline) *Baseline {
	b := new(Baseline)
	b.own(unsafe.Pointer(baseline), func(p unsafe.Pointer) {
		C.trust_baseline_free((*C.trust_baseline)(p))
	})
	return b
}

func (b *Baseline) c() *C.trust_baseline { return (*C.trust_baseline)(b.pointer) }

// Observe scores values in order, each before it is taken in; all or none are. The scores are tenths
// of decades, 0 to 120: 30 comes by chance once in a thousand values. Times never go back, or are nil
// where they are not known. The error's Offset is the index of the value that is refused.
func (b *Baseline) Observe(times []Millis, values []float64, mode Mode) ([]int32, error) {
	surprise := make([]int32, len(values))
	if err := b.ObserveInto(times, values, mode, surprise, nil); err != nil {
		return nil, err
	}
	return surprise, nil
}

// ObserveInto is Observe into slices that the caller has; one that is nil is not wanted. What raw
// receives is in 1/65536 of a decade, before the series' own past calibrates it: it ranks the values
// of one series.
func (b *Baseline) ObserveInto(times []Millis, values []float64, mode Mode, surprise, raw []int32) error {
	if err := b.acquireAlone(); err != nil {
		return err
	}
	defer b.releaseAlone()
	l := lengths{count: len(values)}
	l.optional("times", times == nil, len(times))
	l.optional("surprise", surprise == nil, len(surprise))
	l.optional("raw", raw == nil, len(raw))
	if l.err != nil {
		return l.err
	}
	var failed C.trust_error
	var first *C.double
	if len(values) > 0 {
		first = (*C.double)(unsafe.Pointer(&values[0]))
	}
	status := C.trust_baseline_observe(b.c(), timesOf(times), first, C.size_t(len(values)),
		C.uint32_t(mode), numbersOf(surprise), numbersOf(raw), &failed)
	return check(status, &failed)
}

// Save is all that it knows, the same bytes on every machine.
func (b *Baseline) Save() ([]byte, error) {
	if err := b.acquireAlone(); err != nil {
		return nil, err
	}
	defer b.releaseAlone()
	out := make([]byte, C.TRUST_BASELINE_MAX_STATE)
	var need C.size_t
	status := C.trust_baseline_save(b.c(), unsafe.Pointer(&out[0]), C.size_t(len(out)), &need)
	if err := check(status, nil); err != nil {
		return nil, err
	}
	return out[:need:need], nil
}
