package trust

// Many devices at once: one source's findings a column, one device a row, and the way into C once.

// #include "evaluate.h"
import "C"

import (
	"fmt"
	"math"
	"unsafe"
)

// Column is one source's findings about many devices, one a device, as a column of Apache Arrow
// holds them. Each slice has Batch.Count entries; what may be nil says what that means.
type Column struct {
	Kind          Kind // one that the policy does not name is left out
	Source        uint32
	Origin        Origin   // zero: FromHost
	Values        []int32  // on the kind's scale; read where the state is StateValid
	Present       []byte   // bitmap, least significant bit first: a 0 nobody asked; nil: all are
	PresentOffset int      // of the first device in Present, in bits
	States        []uint8  // a State each, of those present; nil: StateValid
	Times         []Millis // when it was true; nil: the time of the evaluation
	Quality       []uint32 // 0..QualityFull; nil: full
}

// Batch is many devices. Slices have Count entries, or are nil where Input holds for every device.
type Batch struct {
	Count      int
	Columns    []Column // at most 256
	Input      Input
	Now        []Millis
	Selections []Selection
	Previous   []Verdict
	Since      []Millis // when the previous verdicts began
}

// Outcomes are the heads of many evaluations, Count entries each.
type Outcomes struct {
	Verdict     []Verdict
	Risk        []int32
	Lowest      []int32
	Highest     []int32
	Uncertainty []int32
	Adverse     []int32
	Reason      []Reason // the most decisive one, zero for none
	Summary     []Summary
}

// EvaluateMany weighs the findings about many devices, each as Evaluate does, to the bit. It gives
// all heads but the summaries. The error's Offset is the index of a device that is refused.
func (p *Policy) EvaluateMany(batch Batch) (Outcomes, error) {
	if err := batch.check(&Outcomes{}); err != nil {
		return Outcomes{}, err
	}
	n := batch.Count
	numbers := make([]int32, 5*n)
	column := func(i int) []int32 { return numbers[i*n : (i+1)*n : (i+1)*n] }
	out := Outcomes{
		Verdict:     make([]Verdict, n),
		Risk:        column(0),
		Lowest:      column(1),
		Highest:     column(2),
		Uncertainty: column(3),
		Adverse:     column(4),
		Reason:      make([]Reason, n),
	}
	if err := p.EvaluateManyInto(batch, out); err != nil {
		return Outcomes{}, err
	}
	return out, nil
}

// EvaluateManyInto is EvaluateMany into slices that the caller has; those that are nil are not
// wanted. When it fails they hold nothing useful, and no verdict.
func (p *Policy) EvaluateManyInto(batch Batch, out Outcomes) error {
	err := p.evaluateManyInto(batch, out)
	if err != nil {
		out.decideNothing()
	}
	return err
}

// decideNothing takes the verdicts back: nobody is let in by half a batch, or by the one before it.
func (o *Outcomes) decideNothing() {
	for i := range o.Verdict {
		o.Verdict[i] = NoVerdict
	}
	for i := range o.Summary {
		o.Summary[i] = Summary{}
	}
}

func (p *Policy) evaluateManyInto(batch Batch, out Outcomes) error {
	if err := p.acquire(); err != nil {
		return err
	}
	defer p.release()
	if err := batch.check(&out); err != nil {
		return err
	}
	var memory loan
	defer memory.done()
	columns := memory.columns(batch.Columns)
	if memory.err != nil {
		return memory.err
	}
	var failed C.trust_error
	n, in := batch.Count, &batch.Input
	status := C.evaluate_many(p.c(), C.size_t(n), columns, C.size_t(len(batch.Columns)), in.plain(),
		floorsOf(in.Floors), C.size_t(len(in.Floors)),
		timesOf(batch.Now), selectionsOf(batch.Selections), verdictsOf(batch.Previous),
		timesOf(batch.Since), verdictsOf(out.Verdict), numbersOf(out.Risk), numbersOf(out.Lowest),
		numbersOf(out.Highest), numbersOf(out.Uncertainty), numbersOf(out.Adverse),
		reasonsOf(out.Reason), summariesOf(out.Summary), &failed)
	return check(status, &failed)
}

// check is what keeps C within the slices.
func (b *Batch) check(out *Outcomes) error {
	c := lengths{count: b.Count}
	if b.Count < 0 || b.Count > math.MaxInt32 {
		c.refuse("Count", "a batch has at most 2147483647 devices")
	}
	for i := range b.Columns {
		b.Columns[i].check(&c, i)
	}
	c.optional("Now", b.Now == nil, len(b.Now))
	c.optional("Selections", b.Selections == nil, len(b.Selections))
	c.optional("Previous", b.Previous == nil, len(b.Previous))
	c.optional("Since", b.Since == nil, len(b.Since))
	c.optional("Verdict", out.Verdict == nil, len(out.Verdict))
	c.optional("Risk", out.Risk == nil, len(out.Risk))
	c.optional("Lowest", out.Lowest == nil, len(out.Lowest))
	c.optional("Highest", out.Highest == nil, len(out.Highest))
	c.optional("Uncertainty", out.Uncertainty == nil, len(out.Uncertainty))
	c.optional("Adverse", out.Adverse == nil, len(out.Adverse))
	c.optional("Reason", out.Reason == nil, len(out.Reason))
	c.optional("Summary", out.Summary == nil, len(out.Summary))
	return c.err
}

func (c *Column) check(l *lengths, index int) {
	l.column = index
	l.inColumn = true
	l.optional("Values", false, len(c.Values))
	l.optional("States", c.States == nil, len(c.States))
	l.optional("Times", c.Times == nil, len(c.Times))
	l.optional("Quality", c.Quality == nil, len(c.Quality))
	if bits := uint64(len(c.Present)) * 8; c.PresentOffset < 0 ||
		c.Present != nil && (uint64(c.PresentOffset) > bits || uint64(l.count) > bits-uint64(c.PresentOffset)) {
		l.refuse("Present", "the bitmap ends before the last device")
	}
	l.inColumn = false
}

// lengths finds the first slice that has not as many entries as there are devices.
type lengths struct {
	count    int
	column   int
	inColumn bool
	err      error
}

func (l *lengths) optional(field string, missing bool, length int) {
	if !missing && length != l.count {
		l.refuse(field, fmt.Sprintf("%d entries for %d devices", length, l.count))
	}
}

func (l *lengths) refuse(field, message string) {
	if l.err != nil {
		return
	}
	if l.inColumn {
		field = fmt.Sprintf("Columns[%d].%s", l.column, field)
	}
	l.err = &Error{Status: ErrArgument, Message: message, Where: field}
}

// columns are the columns as C reads them.
func (l *loan) columns(columns []Column) *C.trust_column {
	list := (*C.trust_column)(l.alloc(len(columns), unsafe.Sizeof(C.trust_column{})))
	if list == nil {
		return nil
	}
	for i, to := 0, unsafe.Slice(list, len(columns)); i < len(columns); i++ {
		from := &columns[i]
		to[i].size = C.size_t(unsafe.Sizeof(to[i]))
		to[i].kind = C.uint32_t(from.Kind)
		to[i].source = C.uint32_t(from.Source)
		to[i].origin = C.uint32_t(from.Origin)
		if from.Origin == 0 {
			to[i].origin = C.TRUST_FROM_HOST
		}
		to[i].present_offset = C.uint64_t(from.PresentOffset)
		if len(from.Present) > 0 {
			to[i].present = (*C.uint8_t)(l.lend(unsafe.Pointer(&from.Present[0]), len(from.Present)))
		}
		if len(from.Values) == 0 {
			continue // there are no devices
		}
		to[i].values = (*C.int32_t)(l.lend(unsafe.Pointer(&from.Values[0]), 4*len(from.Values)))
		if from.States != nil {
			to[i].states = (*C.uint8_t)(l.lend(unsafe.Pointer(&from.States[0]), len(from.States)))
		}
		if from.Times != nil {
			to[i].times = (*C.trust_time)(l.lend(unsafe.Pointer(&from.Times[0]), 8*len(from.Times)))
		}
		if from.Quality != nil {
			to[i].quality = (*C.uint32_t)(l.lend(unsafe.Pointer(&from.Quality[0]), 4*len(from.Quality)))
		}
	}
	return list
}

func timesOf(times []Millis) *C.trust_time {
	if len(times) == 0 {
		return nil
	}
	return (*C.trust_time)(unsafe.Pointer(&times[0]))
}

func numbersOf(numbers []int32) *C.int32_t {
	if len(numbers) == 0 {
		return nil
	}
	return (*C.int32_t)(unsafe.Pointer(&numbers[0]))
}

func verdictsOf(verdicts []Verdict) *C.trust_verdict {
	if len(verdicts) == 0 {
		return nil
	}
	return (*C.trust_verdict)(unsafe.Pointer(&verdicts[0]))
}

func reasonsOf(reasons []Reason) *C.uint32_t {
	if len(reasons) == 0 {
		return nil
	}
	return (*C.uint32_t)(unsafe.Pointer(&reasons[0]))
}

func selectionsOf(selections []Selection) *C.trust_policy_selection {
	if len(selections) == 0 {
		return nil
	}
	return (*C.trust_policy_selection)(unsafe.Pointer(&selections[0]))
}

func summariesOf(summaries []Summary) *C.trust_policy_summary {
	if len(summaries) == 0 {
		return nil
	}
	return summaries[0].c()
}
