// The policy of ../policy.c decided by cel-go and expr, on the same vectors. The answers are compared
// with a table by hand before anything is timed. Give libtrust's median in nanoseconds as the
// argument to have ratios to it.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
)

const (
	signals = 12
	count   = 64
	rounds  = 41
	batch   = 8
	base    = -1000
)

var points = [signals][4]int{
	{-4000, 1500, 6000, 3000}, {-3000, 2000, 7000, 3500}, {-700, 400, 2200, 300},
	{-600, 800, 3500, 300}, {-1200, 600, 4500, 400}, {-1500, 900, 3000, 1500},
	{-500, 500, 1500, 200}, {-800, 300, 2500, 250}, {-300, 200, 900, 100},
	{-900, 700, 3300, 450}, {-250, 150, 800, 80}, {-1100, 650, 2700, 350}}

type vector struct {
	there [signals]bool
	value [signals]int
}

func vectors() (out [count]vector) {
	seed := uint64(42)
	for v := range out {
		for s := 0; s < signals; s++ {
			seed = seed*6364136223846793005 + 1442695040888963407
			dice := int(uint32(seed>>33) % 10)
			out[v].there[s] = dice > 0
			out[v].value[s] = []int{2, 32, 96}[max(0, dice-7)]
		}
	}
	return out
}

func table(v *vector) int {
	level := base
	for s := range points {
		switch {
		case !v.there[s]:
			level += points[s][3]
		case v.value[s] <= 2:
			level += points[s][0]
		case v.value[s] <= 32:
			level += points[s][1]
		default:
			level += points[s][2]
		}
	}
	return level
}

// The same text is an expression of both languages.
func text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", base)
	for s, p := range points {
		fmt.Fprintf(&b, " + (t%d ? (v%d <= 2 ? %d : (v%d <= 32 ? %d : %d)) : %d)",
			s, s, p[0], s, p[1], p[2], p[3])
	}
	return b.String()
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	evidence := vectors()
	facts := make([]map[string]any, count)
	for v := range evidence {
		facts[v] = map[string]any{}
		for s := 0; s < signals; s++ {
			facts[v][fmt.Sprintf("t%d", s)] = evidence[v].there[s]
			facts[v][fmt.Sprintf("v%d", s)] = evidence[v].value[s]
		}
	}

	var options []cel.EnvOption
	for s := 0; s < signals; s++ {
		options = append(options, cel.Variable(fmt.Sprintf("t%d", s), cel.BoolType),
			cel.Variable(fmt.Sprintf("v%d", s), cel.IntType))
	}
	env := must(cel.NewEnv(options...))
	ast, issues := env.Compile(text())
	must(ast, issues.Err())
	celProgram := must(env.Program(ast, cel.EvalOptions(cel.OptOptimize)))
	exprProgram := must(expr.Compile(text(), expr.Env(facts[0]), expr.AsInt()))

	peers := []struct {
		name   string
		decide func(v int) int
	}{
		{"Go table by hand", func(v int) int { return table(&evidence[v]) }},
		{"expr", func(v int) int { return must(expr.Run(exprProgram, facts[v])).(int) }},
		{"cel-go", func(v int) int {
			out, _, err := celProgram.Eval(facts[v])
			return int(must(out, err).Value().(int64))
		}},
	}
	sum := 0
	for v := range evidence {
		want := table(&evidence[v])
		sum += want
		for _, peer := range peers {
			if got := peer.decide(v); got != want {
				fmt.Fprintf(os.Stderr, "%s answers %d to vector %d, not %d\n", peer.name, got, v, want)
				os.Exit(1)
			}
		}
	}
	fmt.Printf("%d vectors, every answer the same, levels add up to %d\n", count, sum)

	took := make([][]float64, len(peers))
	sink := 0
	for round := 0; round < rounds; round++ {
		for p, peer := range peers {
			start := time.Now()
			for i := 0; i < batch*count; i++ {
				sink += peer.decide(i % count)
			}
			took[p] = append(took[p], float64(time.Since(start).Nanoseconds())/(batch*count))
		}
	}
	_ = sink
	libtrust := 0.0
	if len(os.Args) > 1 {
		libtrust = must(strconv.ParseFloat(os.Args[1], 64))
	}
	for p, peer := range peers {
		sort.Float64s(took[p])
		median := took[p][rounds/2]
		fmt.Printf("%-18s %10.1f %10.1f", peer.name, took[p][0], median)
		if libtrust > 0 {
			fmt.Printf(" %14.2f", median/libtrust)
		}
		fmt.Println()
	}
}
