package trust

// Many devices at once are weighed as each alone, and no slice is read beyond its end.

import (
	"errors"
	"math"
	"math/rand"
	"runtime"
	"testing"
	"testing/quick"
)

var kinds = []Kind{KindAttestation, KindIdentity, KindPlace, KindReputation, KindBehaviour, KindHuman}

// randomBatch is one with every array that a batch can have, and the same as findings of each device.
func randomBatch(r *rand.Rand, count int) (Batch, [][]Finding, []Input) {
	batch := Batch{Count: count, Input: Input{Floors: []Floor{{StepUp, ReasonOf("GATE")}}}}
	findings, inputs := make([][]Finding, count), make([]Input, count)
	for i := range inputs {
		now := MillisOf(noon) + Millis(r.Int63n(1e9))
		selection := Selection{Profile: uint32(r.Intn(2))}
		previous, since := Verdict(r.Intn(5)), now-Millis(r.Int63n(1e7))
		batch.Now = append(batch.Now, now)
		batch.Selections = append(batch.Selections, selection)
		batch.Previous = append(batch.Previous, previous)
		batch.Since = append(batch.Since, since)
		inputs[i] = Input{Now: now.Time(), Selection: selection, Previous: previous,
			Since: since.Time(), Floors: batch.Input.Floors}
	}
	for _, kind := range kinds {
		column := Column{Kind: kind, PresentOffset: r.Intn(20)}
		column.Present = make([]byte, (column.PresentOffset+count+7)/8)
		for i := 0; i < count; i++ {
			f := good(kind, r.Int31n(100))
			f.State = State(r.Intn(10))
			f.Quality = uint32(r.Intn(int(QualityFull) + 1))
			f.Time = batch.Now[i] - Millis(r.Int63n(1e8))
			column.Values = append(column.Values, f.Value)
			column.States = append(column.States, uint8(f.State))
			column.Quality = append(column.Quality, f.Quality)
			column.Times = append(column.Times, f.Time)
			if bit := column.PresentOffset + i; r.Intn(4) > 0 {
				column.Present[bit/8] |= 1 << uint(bit%8)
				findings[i] = append(findings[i], f)
			}
		}
		batch.Columns = append(batch.Columns, column)
	}
	return batch, findings, inputs
}

// A batch gives each device what an evaluation of its own gives, to the bit.
func TestEvaluateManyAsEvaluate(t *testing.T) {
	policy := loadExample(t, "consumer")
	same := func(seed int64, size uint8) bool {
		batch, findings, inputs := randomBatch(rand.New(rand.NewSource(seed)), int(size))
		out, err := policy.EvaluateMany(batch)
		if err != nil {
			t.Log(err)
			return false
		}
		summaries := make([]Summary, batch.Count)
		if err := policy.EvaluateManyInto(batch, Outcomes{Summary: summaries}); err != nil {
			t.Log(err)
			return false
		}
		for i := range findings {
			one, err := policy.Evaluate(findings[i], inputs[i])
			if err != nil || one.Summary != summaries[i] || one.Verdict != out.Verdict[i] ||
				one.Risk != out.Risk[i] || one.Lowest != out.Lowest[i] || one.Highest != out.Highest[i] ||
				one.Uncertainty != out.Uncertainty[i] || one.Adverse != out.Adverse[i] ||
				one.Reasons[0] != out.Reason[i] {
				t.Log(i, err, one.Summary, summaries[i])
				return false
			}
		}
		return true
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 30}); err != nil {
		t.Error(err)
	}
}

func TestEvaluateManyDefaults(t *testing.T) {
	policy := loadExample(t, "consumer")
	out, err := policy.EvaluateMany(Batch{Count: 2, Input: Input{Now: noon}, Columns: []Column{
		{Kind: KindIdentity, Values: []int32{2, 96}}, {Kind: KindOf("acme.unknown"), Values: []int32{1, 1}}}})
	if err != nil || out.Verdict[1] != Deny || out.Risk[0] >= out.Risk[1] || len(out.Summary) != 0 {
		t.Errorf("%+v %v", out, err)
	}
	if out, err := policy.EvaluateMany(Batch{Input: Input{Now: noon}, Columns: make([]Column, 3)}); err != nil || len(out.Risk) != 0 {
		t.Errorf("%+v %v", out, err)
	}
}

func TestEvaluateManyRefuses(t *testing.T) {
	policy := loadExample(t, "consumer")
	for _, count := range []int{-1, math.MaxInt} {
		if _, err := policy.EvaluateMany(Batch{Count: count}); !errors.Is(err, ErrArgument) {
			t.Errorf("%d devices: %v", count, err)
		}
	}
	for where, batch := range map[string]Batch{
		"Columns[0].Values":  {Count: 2, Columns: []Column{{Kind: KindPlace, Values: make([]int32, 1)}}},
		"Columns[1].Times":   {Count: 1, Columns: []Column{{Values: make([]int32, 1)}, {Values: make([]int32, 1), Times: []Millis{}}}},
		"Columns[0].Present": {Count: 9, Columns: []Column{{Values: make([]int32, 9), Present: make([]byte, 2), PresentOffset: 8}}},
		"Columns[0].States":  {Count: 1, Columns: []Column{{Values: make([]int32, 1), States: make([]uint8, 2)}}},
		"Columns[0].Quality": {Count: 1, Columns: []Column{{Values: make([]int32, 1), Quality: make([]uint32, 2)}}},
		"Now":                {Count: 3, Now: make([]Millis, 2)},
		"Selections":         {Count: 3, Selections: make([]Selection, 2)},
		"Previous":           {Count: 3, Previous: make([]Verdict, 2)},
		"Since":              {Count: 3, Since: make([]Millis, 4)},
	} {
		var failed *Error
		if _, err := policy.EvaluateMany(batch); !errors.As(err, &failed) || failed.Status != ErrArgument || failed.Where != where {
			t.Errorf("%s: %#v", where, err)
		}
	}
	for _, offset := range []int{-1, 17, int(^uint(0) >> 1)} {
		column := Column{Kind: KindPlace, Values: make([]int32, 1), Present: make([]byte, 2), PresentOffset: offset}
		if _, err := policy.EvaluateMany(Batch{Count: 1, Columns: []Column{column}}); !errors.Is(err, ErrArgument) {
			t.Error(offset, err)
		}
	}
	if err := policy.EvaluateManyInto(Batch{Count: 2}, Outcomes{Adverse: make([]int32, 1)}); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	_, err := policy.EvaluateMany(Batch{Count: 3, Input: Input{Now: noon},
		Columns: []Column{{Kind: KindPlace, Values: make([]int32, 3), States: []uint8{0, 1, 99}}}})
	var failed *Error
	if !errors.As(err, &failed) || failed.Offset != 2 {
		t.Errorf("%#v", err)
	}
	if _, err := policy.EvaluateMany(Batch{Count: 0, Columns: make([]Column, 257)}); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

// Columns stay where they are while the collector runs, and one slice may be many columns.
func TestEvaluateManyBesideCollector(t *testing.T) {
	policy := loadExample(t, "consumer")
	done := make(chan struct{})
	go func() {
		for i := 0; i < 50; i++ {
			runtime.GC()
		}
		close(done)
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		values := make([]int32, 300)
		for i := range values {
			values[i] = 2
		}
		out, err := policy.EvaluateMany(Batch{Count: 300, Input: Input{Now: noon}, Columns: []Column{
			{Kind: KindIdentity, Values: values}, {Kind: KindAttestation, Values: values}, {Kind: KindPlace, Values: values}}})
		if err != nil || out.Risk[0] != out.Risk[299] {
			t.Fatal(out, err)
		}
	}
}

func BenchmarkEvaluateMany(b *testing.B) {
	policy := loadExample(b, "consumer")
	const devices = 1000
	batch := Batch{Count: devices, Input: Input{Now: noon}}
	for _, f := range home {
		column := Column{Kind: f.Kind, Values: make([]int32, devices)}
		for i := range column.Values {
			column.Values[i] = f.Value
		}
		batch.Columns = append(batch.Columns, column)
	}
	out := Outcomes{Verdict: make([]Verdict, devices), Risk: make([]int32, devices)}
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		if err := policy.EvaluateManyInto(batch, out); err != nil {
			b.Fatal(err)
		}
	}

}

// A batch that fails leaves no verdict standing, of its own or of the one before.
func TestBatchThatFailsDecidesNothing(t *testing.T) {
	policy := loadText(t, door)
	good := Batch{Count: 2, Input: Input{Now: noon}, Columns: []Column{{Kind: KindIdentity, Values: []int32{2, 2}}}}
	half, short := good, good
	half.Columns = []Column{{Kind: KindIdentity, Values: []int32{2, 2}, States: []uint8{1, 200}}}
	short.Columns = []Column{{Kind: KindIdentity, Values: []int32{2}}}
	closed := loadText(t, door)
	must(t, closed.Close())
	for name, fail := range map[string]func(Outcomes) error{
		"half a batch":    func(out Outcomes) error { return policy.EvaluateManyInto(half, out) },
		"a short column":  func(out Outcomes) error { return policy.EvaluateManyInto(short, out) },
		"a closed policy": func(out Outcomes) error { return closed.EvaluateManyInto(good, out) },
	} {
		out := Outcomes{Verdict: make([]Verdict, 2), Summary: make([]Summary, 2)}
		must(t, policy.EvaluateManyInto(good, out))
		if fail(out) == nil {
			t.Error(name, "is accepted")
		}
		for i := range out.Verdict {
			if out.Verdict[i] != NoVerdict || out.Summary[i].Verdict != NoVerdict {
				t.Error(name, "leaves", out.Verdict[i], out.Summary[i].Verdict)
			}
		}
	}
}
