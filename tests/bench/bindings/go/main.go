// The Go side of bench.py, which says what is asked and how it is answered.
//
// Arguments: the policy, the vectors.
package main

/*
#include <malloc.h>
#include <stddef.h>

static size_t allocated(void)
{
    return mallinfo2().uordblks;
}
*/
import "C"

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
	"unsafe"

	trust "libtrust.example/go"
)

const (
	signals = 12
	vectors = 64
	devices = 4096
	singles = 64
	batches = 4
	opened  = 1000
	handles = 20
)

var (
	policy   *trust.Policy
	input    trust.Input
	findings [vectors][]trust.Finding
	batch    trust.Batch
	small    trust.Batch // its first devices
	verdicts [devices]trust.Verdict
	risks    [devices]int32
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func readVectors(path string) {
	file, err := os.Open(path)
	must(err)
	defer file.Close()
	in := bufio.NewReader(file)
	var now int64
	_, err = fmt.Fscan(in, &now)
	must(err)
	input.Now = time.UnixMilli(now)
	batch = trust.Batch{Count: devices, Input: input, Columns: make([]trust.Column, signals)}
	for s := range batch.Columns {
		var name string
		_, err = fmt.Fscan(in, &name)
		must(err)
		batch.Columns[s] = trust.Column{
			Kind:    trust.KindOf(name),
			Values:  make([]int32, devices),
			Present: make([]byte, devices/8),
		}
	}
	for v := 0; v < vectors; v++ {
		for s := range batch.Columns {
			var there, value int32
			_, err = fmt.Fscan(in, &there, &value)
			must(err)
			add(v, &batch.Columns[s], there != 0, value)
		}
	}
	small = trust.Batch{Count: vectors, Input: input}
	for _, column := range batch.Columns {
		column.Values = column.Values[:vectors]
		small.Columns = append(small.Columns, column)
	}
}

func add(v int, column *trust.Column, there bool, value int32) {
	state := trust.StateNotRequested
	if there {
		state = trust.StateValid
	}
	findings[v] = append(findings[v], trust.Finding{
		Kind: column.Kind, State: state, Origin: trust.FromHost, Value: value,
		Quality: trust.QualityFull, Time: trust.MillisOf(input.Now), Item: trust.NoItem,
	})
	for d := v; d < devices; d += vectors {
		column.Values[d] = value
		if there {
			column.Present[d/8] |= 1 << (d % 8)
		}
	}
}

func single() {
	for v := range findings {
		outcome, err := policy.Evaluate(findings[v], input)
		must(err)
		verdicts[v], risks[v] = outcome.Verdict, outcome.Risk
	}
}

func many() {
	outcomes, err := policy.EvaluateMany(batch)
	must(err)
	copy(verdicts[:], outcomes.Verdict)
	copy(risks[:], outcomes.Risk)
}

func into() {
	must(policy.EvaluateManyInto(batch, trust.Outcomes{Verdict: verdicts[:], Risk: risks[:]}))
}

func few() {
	outcomes, err := policy.EvaluateMany(small)
	must(err)
	copy(verdicts[:], outcomes.Verdict)
	copy(risks[:], outcomes.Risk)
}

type row struct {
	run          func()
	times, count int
}

var rows = map[string]row{
	"single": {single, singles, vectors},
	"many":   {many, batches, devices},
	"into":   {into, batches, devices},
	"few":    {few, singles, vectors},
}

func answers(r row) {
	verdicts[0] = trust.NoVerdict
	r.run()
	for i := 0; i < r.count; i++ {
		if verdicts[i] != verdicts[i%vectors] || risks[i] != risks[i%vectors] {
			must(fmt.Errorf("device %d of a batch differs", i))
		}
	}
	for v := 0; v < vectors; v++ {
		fmt.Printf("%d:%d ", verdicts[v], risks[v])
	}
	fmt.Println()
}

func measure(r row) {
	start := time.Now()
	for i := 0; i < r.times; i++ {
		r.run()
	}
	fmt.Printf("%.3f\n", float64(time.Since(start).Nanoseconds())/float64(r.times*r.count))
}

// heap is what Go's objects take, and what its runtime notes about them beside the heap.
func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.OtherSys
}

// owner is the least that owns an object of C.
type owner struct {
	pointer unsafe.Pointer
}

// sizes are the bytes of one more of what is made, by malloc and by Go.
func sizes(count int, make func(i int) interface{}, held []interface{}) (float64, float64) {
	before, malloc := heap(), C.allocated()
	for i := range held {
		held[i] = make(i)
	}
	malloc = C.allocated() - malloc
	return float64(malloc) / float64(count), float64(heap()-before) / float64(count)
}

func memory() {
	ctx := context.Background()
	engine, err := trust.NewEngine()
	must(err)
	defer engine.Close()
	names := make([]string, opened)
	for d := range names {
		names[d] = fmt.Sprintf("urn:dev:ops:32473-%05d", d)
		device, err := engine.Enroll(ctx, names[d], trust.Enrolment{})
		must(err)
		device.Close()
	}
	count := opened * handles
	held, owners := make([]interface{}, count), make([]interface{}, count)
	malloc, took := sizes(count, func(i int) interface{} {
		device, err := engine.Open(ctx, names[i%opened])
		must(err)
		return device
	}, held)
	_, least := sizes(count, func(int) interface{} {
		o := &owner{}
		own(o)
		return o
	}, owners)
	fmt.Printf("malloc %.1f heap %.1f bare %d owner %.1f\n", malloc, took,
		unsafe.Sizeof(trust.Device{}), least)
	for _, device := range held {
		device.(*trust.Device).Close()
	}
	runtime.KeepAlive(owners)
}

func main() {
	document, err := os.ReadFile(os.Args[1])
	must(err)
	policy, err = trust.LoadPolicyUnsigned(document)
	must(err)
	readVectors(os.Args[2])
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		command, name, _ := strings.Cut(in.Text(), " ")
		switch command {
		case "rows":
			fmt.Println("single many into few")
		case "answers":
			answers(rows[name])
		case "time":
			measure(rows[name])
		default:
			memory()
		}
	}
}
