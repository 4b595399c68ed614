package trust

// One evaluation: findings in, a verdict and what explains it out. A pure function of integers.

// #include "evaluate.h"
import "C"

import (
	"time"
	"unsafe"
)

// Input is what an evaluation rests on beside the findings. The zero value knows no time, and so
// allows nothing.
type Input struct {
	Now        time.Time // zero puts Allow out of reach
	Floors     []Floor   // from outside the policy, such as a suspended device; at most 16
	Since      time.Time // when the previous verdict began
	StageSince time.Time // when the stage was entered; zero: now
	Selection  Selection // of Policy.Select
	Stage      uint32    // where the device is
	Previous   Verdict   // NoVerdict the first time
	Flaps      uint32    // of the previous outcome
	Override   Verdict   // that people signed for, already checked; NoVerdict for none
}

// Floor is a verdict that nothing may be better than, and why.
type Floor struct {
	Verdict Verdict
	Reason  Reason
}

// Summary is the heads of an outcome. Risks run from 0 to 1000, higher is riskier, 500 is even odds.
// It lies in memory as the library's own does.
type Summary struct {
	Verdict     Verdict
	Natural     Verdict // by the risk alone, before floors and hysteresis
	Risk        int32
	Lowest      int32 // what the risk could still become with better evidence
	Highest     int32 // and with worse
	Uncertainty int32 // permille of the policy's span that no fresh evidence pins
	Adverse     int32 // points that speak against the device, before any for it
	held        uint32
	Profile     uint32 // index into PolicyInfo.Profiles
	unsure      uint32
	Stage       uint32 // index into PolicyInfo.Stages of the stage that it is in now
	Flaps       uint32 // to be given back with the next input
	overridden  uint32
	Probability int32     // millionths, where the policy carries a calibration; else -1
	Since       Millis    // when this verdict began
	StageSince  Millis    // when the stage was entered
	Reasons     [3]Reason // the first three, most decisive first; zero where fewer
	subjects    [3]uint32
}

// Held says that hysteresis holds an earlier, stricter verdict.
func (s *Summary) Held() bool { return s.held != 0 }

// Unsure says that a missing fact made the numbers stricter than the profile's.
func (s *Summary) Unsure() bool { return s.unsure != 0 }

// Overridden says that it is milder than it would be, by an override.
func (s *Summary) Overridden() bool { return s.overridden != 0 }

// Subject is the row of the ledger that a reason belongs to; ok is false where it belongs to none.
func (s *Summary) Subject(reason int) (row int, ok bool) {
	if reason < 0 || reason >= len(s.subjects) || s.subjects[reason] == C.UINT32_MAX {
		return 0, false
	}
	return int(s.subjects[reason]), true
}

// The compiler refuses a Summary or a Floor of another layout than the library's.
var (
	_ [unsafe.Sizeof(C.trust_floor{})]byte                        = [unsafe.Sizeof(Floor{})]byte{}
	_ [unsafe.Offsetof(C.trust_floor{}.reason)]byte               = [unsafe.Offsetof(Floor{}.Reason)]byte{}
	_ [unsafe.Sizeof(C.trust_policy_selection{})]byte             = [unsafe.Sizeof(Selection{})]byte{}
	_ [unsafe.Offsetof(C.trust_policy_selection{}.also)]byte      = [unsafe.Offsetof(Selection{}.Also)]byte{}
	_ [unsafe.Sizeof(C.trust_policy_summary{})]byte               = [unsafe.Sizeof(Summary{})]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.natural)]byte     = [unsafe.Offsetof(Summary{}.Natural)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.risk)]byte        = [unsafe.Offsetof(Summary{}.Risk)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.lowest)]byte      = [unsafe.Offsetof(Summary{}.Lowest)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.highest)]byte     = [unsafe.Offsetof(Summary{}.Highest)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.uncertainty)]byte = [unsafe.Offsetof(Summary{}.Uncertainty)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.adverse)]byte     = [unsafe.Offsetof(Summary{}.Adverse)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.held)]byte        = [unsafe.Offsetof(Summary{}.held)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.profile)]byte     = [unsafe.Offsetof(Summary{}.Profile)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.unsure)]byte      = [unsafe.Offsetof(Summary{}.unsure)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.stage)]byte       = [unsafe.Offsetof(Summary{}.Stage)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.flaps)]byte       = [unsafe.Offsetof(Summary{}.Flaps)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.overridden)]byte  = [unsafe.Offsetof(Summary{}.overridden)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.probability)]byte = [unsafe.Offsetof(Summary{}.Probability)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.since)]byte       = [unsafe.Offsetof(Summary{}.Since)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.stage_since)]byte = [unsafe.Offsetof(Summary{}.StageSince)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.reasons)]byte     = [unsafe.Offsetof(Summary{}.Reasons)]byte{}
	_ [unsafe.Offsetof(C.trust_policy_summary{}.subjects)]byte    = [unsafe.Offsetof(Summary{}.subjects)]byte{}
)

func summaryOf(summary *C.trust_policy_summary) Summary {
	return *(*Summary)(unsafe.Pointer(summary))
}

// Outcome is what an evaluation came to. It remembers the findings and floors that were given, not
// copies: what explains it is worked out when it is asked for, and refused with ErrState when they
// have changed so that they give another outcome.
type Outcome struct {
	Summary
	policy   *Policy
	findings []Finding
	floors   []Floor
	input    C.plain_input
}

// Evaluate weighs findings. At most 256; kinds that the policy does not name are left out.
func (p *Policy) Evaluate(findings []Finding, input Input) (Outcome, error) {
	if err := p.acquire(); err != nil {
		return Outcome{}, err
	}
	plain := input.plain()
	out := C.evaluate(p.address(), plain, findingsOf(findings), C.size_t(len(findings)),
		floorsOf(input.Floors), C.size_t(len(input.Floors)))
	p.release()
	if out.status != C.TRUST_OK {
		return Outcome{}, because(check(out.status, nil), ErrArgument, "a finding, a floor or the input is outside "+
			"its range, or there are more than 256 findings or 16 floors")
	}
	return Outcome{summaryOf(&out.summary), p, findings, input.Floors, plain}, nil
}

// Ledger is every row whose points make the risk, base first.
func (o *Outcome) Ledger() ([]Row, error) {
	var rows []Row
	err := o.explain(C.WANT_RESULT, func(out *C.explained) {
		for i := range out.rows[:out.row_count] {
			name := C.GoString(C.trust_policy_row_name(o.policy.c(), &out.rows[i]))
			rows = append(rows, rowOf(&out.rows[i], name))
		}
	})
	return rows, err
}

// Actions are what the policy asks the host to do.
func (o *Outcome) Actions() ([]Action, error) {
	var actions []Action
	err := o.explain(C.WANT_RESULT, func(out *C.explained) {
		for i := range out.actions[:out.action_count] {
			actions = append(actions, actionOf(&out.actions[i]))
		}
	})
	return actions, err
}

// Next is what to ask for next: the mildest verdict first, then the cheapest.
func (o *Outcome) Next() ([]Step, error) {
	var steps []Step
	err := o.explain(C.WANT_NEXT, func(out *C.explained) {
		signals := o.policy.signals()
		for _, step := range out.steps[:out.step_count] {
			steps = append(steps, stepOf(&step, signals))
		}
	})
	return steps, err
}

// ValidUntil is the first moment at which the verdict could differ with no new evidence; when exact
// is false, an earlier one.
func (o *Outcome) ValidUntil() (at time.Time, exact bool, err error) {
	err = o.explain(C.WANT_VALID, func(out *C.explained) {
		at, exact = fromTime(out.valid_until), out.exact != 0
	})
	return at, exact, err
}

func (o *Outcome) explain(wanted C.uint32_t, read func(*C.explained)) error {
	if o.policy == nil {
		return ErrClosed
	}
	if err := o.policy.acquire(); err != nil {
		return err
	}
	defer o.policy.release()
	out := C.explained{wanted: wanted}
	status := C.explain(o.policy.c(), o.input, findingsOf(o.findings), C.size_t(len(o.findings)),
		floorsOf(o.floors), C.size_t(len(o.floors)),
		o.c(), &out)
	if status == C.TRUST_E_STATE {
		return refuse(ErrState, "the findings are no longer those that were weighed")
	}
	if err := check(status, nil); err != nil {
		return err
	}
	read(&out)
	return nil
}

// c is where C reads and writes the heads.
func (s *Summary) c() *C.trust_policy_summary { return (*C.trust_policy_summary)(unsafe.Pointer(s)) }

func (in *Input) plain() C.plain_input {
	return C.plain_input{
		now:         toTime(in.Now),
		since:       toTime(in.Since),
		stage_since: toTime(in.StageSince),
		selection: C.trust_policy_selection{
			profile: C.uint32_t(in.Selection.Profile),
			also:    C.uint32_t(in.Selection.Also),
		},
		stage:    C.uint32_t(in.Stage),
		previous: C.trust_verdict(in.Previous),
		flaps:    C.uint32_t(in.Flaps),
		override: C.trust_verdict(in.Override),
	}
}

func findingsOf(findings []Finding) *C.trust_finding {
	if len(findings) == 0 {
		return nil
	}
	return (*C.trust_finding)(unsafe.Pointer(&findings[0]))
}

func floorsOf(floors []Floor) *C.trust_floor {
	if len(floors) == 0 {
		return nil
	}
	return (*C.trust_floor)(unsafe.Pointer(&floors[0]))
}
