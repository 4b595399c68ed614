package trust

// Policies, tables, references, keys and baselines that are closed, or never are.

import (
	"fmt"
	"io"
	"reflect"
	"sync"
	"testing"
)

// dataHandles is one of each object that is made of data, without an engine.
func dataHandles(t testing.TB) []io.Closer {
	t.Helper()
	policy, err := LoadPolicyUnsigned([]byte(`{ "trust_policy": 1, "id": "x", "revision": 1,
		"signals": { "identity": {"weight": 300} },
		"verdicts": { "allow": 350, "step_up": 475, "quarantine": 650 } }`))
	must(t, err)
	table, err := BuildTable(nil)
	must(t, err)
	reference, err := LoadReferenceUnsigned(readExample(t, "data/reference.json"))
	must(t, err)
	signer, err := NewSigner(seed, UseDevice)
	must(t, err)
	baseline, err := NewBaseline()
	must(t, err)
	return []io.Closer{policy, table, reference, signer, baseline}
}

func TestEveryMethodOfClosedData(t *testing.T) {
	handles := []io.Closer{&Policy{}, &Table{}, &Reference{}, &Signer{}, &Baseline{}}
	for _, handle := range dataHandles(t) {
		must(t, handle.Close())
		handles = append(handles, handle)
	}
	for _, handle := range handles {
		value := reflect.ValueOf(handle)
		for i := 0; i < value.NumMethod(); i++ {
			method := value.Method(i)
			arguments := make([]reflect.Value, method.Type().NumIn())
			for a := range arguments {
				arguments[a] = reflect.Zero(method.Type().In(a))
			}
			results := method.Call(arguments)
			err, fallible := results[len(results)-1].Interface().(error)
			name := fmt.Sprintf("%T.%s", handle, value.Type().Method(i).Name)
			switch value.Type().Method(i).Name {
			case "Close", "Public", "Use":
				if fallible {
					t.Errorf("%s: %v", name, err)
				}
			case "Find": // refuses the zero address before it looks
				if !fallible {
					t.Errorf("%s answers", name)
				}
			default:
				if err != ErrClosed {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

// Any number of them come and go, closed by several goroutines at once or by nobody.
func TestTenThousandDataObjects(t *testing.T) {
	for _, closes := range []bool{true, false} {
		count, begun := 10000, 0
		if !closes {
			count = 1000 // a key lies in locked memory, of which there is little
		}
		for i := 0; i < count; i++ {
			handles := dataHandles(t)
			if closes {
				var all sync.WaitGroup
				for n := 0; n < 2; n++ {
					all.Add(1)
					go func() {
						defer all.Done()
						for _, handle := range handles {
							handle.Close()
						}
					}()
				}
				all.Wait()
			}
			if i == count/10 {
				begun = resident(t)
			}
		}
		if grown := resident(t) - begun; grown > 128<<20 {
			t.Errorf("closes=%v: %d KiB more", closes, grown>>10)
		}
	}
}
