package trust

// What explains an outcome or a decision: rows, steps, actions.

// #include <trust/policy.h>
import "C"

import "fmt"

// RowType is what a row of the ledger stands for.
type RowType uint32

const (
	RowBase   RowType = C.TRUST_ROW_BASE
	RowSignal RowType = C.TRUST_ROW_SIGNAL
	RowCap    RowType = C.TRUST_ROW_CAP
	RowClamp  RowType = C.TRUST_ROW_CLAMP
)

// String is "base", "signal", "cap" or "clamp".
func (t RowType) String() string {
	switch t {
	case RowBase:
		return "base"
	case RowSignal:
		return "signal"
	case RowCap:
		return "cap"
	case RowClamp:
		return "clamp"
	}
	return fmt.Sprintf("row %d", uint32(t))
}

// Row is one row of the ledger. The points of all rows add up to the risk exactly.
type Row struct {
	Type      RowType
	Name      string // "base", a signal, "cap" and its group, "clamp"
	Index     int    // of the signal or group, in the policy's order
	State     State  // of a signal row
	Reason    Reason
	Points    int
	Millibits int // exact; a point is 20
	Certainty int // 0..65536, how much of the value counted after age and quality
	Finding   int // index of the finding that counted, or -1
}

func rowOf(row *C.trust_row, name string) Row {
	finding := -1
	if row.finding != C.UINT32_MAX {
		finding = int(row.finding)
	}
	return Row{
		Type:      RowType(row._type),
		Name:      name,
		Index:     int(row.index),
		State:     State(row.state),
		Reason:    Reason(row.reason),
		Points:    int(row.points),
		Millibits: int(row.millibits),
		Certainty: int(row.certainty),
		Finding:   finding,
	}
}

// Action is a response that the policy asks the host for. The library carries none out.
type Action struct {
	Name   string
	ID     uint32 // FNV-1a of the name, for a switch
	Reason Reason // what caused it
}

func actionOf(action *C.trust_policy_action) Action {
	return Action{C.GoString(action.name), uint32(action.id), Reason(action.reason)}
}

// Step is evidence that would help, were all of it as good as can be.
type Step struct {
	CanReach Verdict  // milder than the present verdict
	Cost     int      // of all of it together, in the policy's unit
	Signals  []string // names
	Actions  []string // what the host does to obtain each
}

func stepOf(step *C.trust_policy_step, signals []Signal) Step {
	s := Step{CanReach: Verdict(step.can_reach), Cost: int(step.cost)}
	for i, signal := range signals {
		if uint64(step.signals)>>uint(i)&1 != 0 {
			s.Signals = append(s.Signals, signal.Name)
			s.Actions = append(s.Actions, signal.Action)
		}
	}
	return s
}
