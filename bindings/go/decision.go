package trust

// A decision: the frozen outcome of one assessment, with everything that explains it.

/*
#include <trust/decision.h>

// All rows of a ledger, and their names, in one crossing.
static size_t tg_rows(const trust_decision *decision, trust_row *rows, const char **names,
                      size_t cap)
{
    size_t count = 0;
    while (count < cap && trust_decision_row(decision, count, &rows[count]) == TRUST_OK) {
        names[count] = trust_decision_row_name(decision, count);
        count++;
    }
    return count;
}

static size_t tg_findings(const trust_decision *decision, trust_finding *findings, size_t cap)
{
    size_t count = 0;
    while (count < cap && trust_decision_finding(decision, count, &findings[count]) == TRUST_OK)
        count++;
    return count;
}
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"time"
	"unsafe"
)

// A Decision never changes, but by [Device.AssessInto]. Any number of goroutines may use one. A
// closed one answers as a denial.
type Decision struct {
	handle
}

// newDecision takes a decision over; nil for none.
func newDecision(decision *C.trust_decision) *Decision {
	if decision == nil {
		return nil
	}
	d := &Decision{}
	d.own(unsafe.Pointer(decision), freeDecision)
	return d
}

func freeDecision(p unsafe.Pointer) {
	C.trust_decision_free((*C.trust_decision)(p))
}

func (d *Decision) c() *C.trust_decision {
	return (*C.trust_decision)(d.pointer)
}

// read gives what C says of the decision: of none, once it is closed, which is a denial.
func (d *Decision) read(ask func(decision *C.trust_decision)) {
	if d.acquire() != nil {
		ask(nil)
		return
	}
	defer d.release()
	ask(d.c())
}

// Verdict is the verdict.
func (d *Decision) Verdict() (verdict Verdict) {
	d.read(func(c *C.trust_decision) { verdict = Verdict(C.trust_decision_verdict(c)) })
	return verdict
}

// Risk is 0 to 1000; 500 is even odds.
func (d *Decision) Risk() (risk int) {
	d.read(func(c *C.trust_decision) { risk = int(C.trust_decision_risk(c)) })
	return risk
}

// Binding says what the identity of a device is bound to.
type Binding uint32

// What an identity is bound to.
const (
	BindingNone    Binding = C.TRUST_BINDING_NONE    // fresh, but anybody could have passed it on
	BindingKey     Binding = C.TRUST_BINDING_KEY     // a session key that has yet to be proved
	BindingChannel Binding = C.TRUST_BINDING_CHANNEL // this connection
)

// String is the word for a binding, as it stands in JSON.
func (b Binding) String() string {
	return word(uint32(b), "none", "key", "channel")
}

// MarshalText makes a binding its word in JSON and in logs.
func (b Binding) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// Replay says what keeps an answer from being used again.
type Replay uint32

// What protects against replay.
const (
	ReplayNone    Replay = C.TRUST_REPLAY_NONE    // nothing needed protection
	ReplayProcess Replay = C.TRUST_REPLAY_PROCESS // a spent nonce is remembered while this process lives
	ReplayDurable Replay = C.TRUST_REPLAY_DURABLE // and for ever
)

// String is the word for a protection, as it stands in JSON.
func (r Replay) String() string {
	return word(uint32(r), "none", "process", "durable")
}

// MarshalText makes a protection its word in JSON and in logs.
func (r Replay) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// word is the word with that number.
func word(number uint32, words ...string) string {
	if number < uint32(len(words)) {
		return words[number]
	}
	return "?"
}

// DecisionInfo is the heads of a decision. Those of the evaluation itself are in Summary, which lies
// in memory as C's does: its times are [Millis].
type DecisionInfo struct {
	Summary
	Binding         Binding // of the identity
	Replay          Replay
	ValidUntilExact bool // ValidUntil is that moment to the millisecond
	Preview         bool // nothing was committed
	Repeated        bool // it is the outcome of an earlier request id
	PolicySigned    bool // a manifest vouched for the policy
	Findings        int
	Items           int
	Rows            int
	Steps           int
	Actions         int
	Needs           int
	Decided         time.Time // the one "now" that it rests on
	ValidUntil      time.Time // first moment at which it could differ with no new evidence
	PolicyRevision  uint64
	PolicyHash      [32]byte
}

// Info is the heads.
func (d *Decision) Info() DecisionInfo {
	var info C.trust_decision_info
	d.read(func(c *C.trust_decision) {
		if c != nil {
			C.trust_decision_get_info(c, &info)
			return
		}
		info.summary.verdict = C.trust_decision_verdict(nil)
		info.summary.natural = info.summary.verdict
		info.summary.risk = C.trust_decision_risk(nil)
		info.decided, info.valid_until = C.TRUST_TIME_UNKNOWN, C.TRUST_TIME_UNKNOWN
	})
	return DecisionInfo{
		Summary:         summaryOf(&info.summary),
		Binding:         Binding(info.binding),
		Replay:          Replay(info.replay_protection),
		ValidUntilExact: info.valid_until_exact != 0,
		Preview:         info.preview != 0,
		Repeated:        info.repeated != 0,
		PolicySigned:    info.policy_signed != 0,
		Findings:        int(info.finding_count),
		Items:           int(info.item_count),
		Rows:            int(info.row_count),
		Steps:           int(info.step_count),
		Actions:         int(info.action_count),
		Needs:           int(info.need_count),
		Decided:         fromTime(info.decided),
		ValidUntil:      fromTime(info.valid_until),
		PolicyRevision:  uint64(info.policy_revision),
		PolicyHash:      *(*[32]byte)(unsafe.Pointer(&info.policy_hash)),
	}
}

// Reasons are up to three, most decisive first.
func (d *Decision) Reasons() []Reason {
	var reasons []Reason
	for _, reason := range d.Info().Reasons {
		if reason != 0 {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// Ledger is every row whose points make the risk, base first.
func (d *Decision) Ledger() (ledger []Row) {
	d.read(func(c *C.trust_decision) {
		var rows [C.TRUST_MAX_ROWS]C.trust_row
		var names [C.TRUST_MAX_ROWS]*C.char
		count := C.tg_rows(c, &rows[0], &names[0], C.TRUST_MAX_ROWS)
		for i := range rows[:count] {
			ledger = append(ledger, rowOf(&rows[i], C.GoString(names[i])))
		}
	})
	return ledger
}

// Findings are what the policy saw, fresh or remembered.
func (d *Decision) Findings() (findings []Finding) {
	d.read(func(c *C.trust_decision) {
		var info C.trust_decision_info
		C.trust_decision_get_info(c, &info)
		count := int(info.finding_count)
		if count == 0 {
			return
		}
		findings = make([]Finding, count)
		C.tg_findings(c, (*C.trust_finding)(unsafe.Pointer(&findings[0])), C.size_t(count))
	})
	return findings
}

// Profile is what the device was judged by: "default", or the policy's name for it.
func (d *Decision) Profile() (profile string) {
	d.read(func(c *C.trust_decision) { profile = C.GoString(C.trust_decision_profile(c)) })
	return profile
}

// Stage is the stage of onboarding that the device is in; empty where the policy has none.
func (d *Decision) Stage() (stage string) {
	d.read(func(c *C.trust_decision) { stage = C.GoString(C.trust_decision_stage(c)) })
	return stage
}

// Needs are the signals that this stage needs and that are not affirming yet.
func (d *Decision) Needs() (needs []string) {
	d.read(func(c *C.trust_decision) {
		for i := C.size_t(0); ; i++ {
			need := C.GoString(C.trust_decision_need(c, i))
			if need == "" {
				return
			}
			needs = append(needs, need)
		}
	})
	return needs
}

// Next is what to ask for next, the mildest verdict first, then the cheapest. There is nothing for a
// device that is allowed, nor for one that nothing could help.
func (d *Decision) Next() (steps []Step) {
	d.read(func(c *C.trust_decision) {
		var step C.trust_decision_step
		for i := C.size_t(0); C.trust_decision_next(c, i, &step) == C.TRUST_OK; i++ {
			made := Step{CanReach: Verdict(step.can_reach), Cost: int(step.cost)}
			for s := range step.signals[:step.signal_count] {
				made.Signals = append(made.Signals, C.GoString(step.signals[s]))
				made.Actions = append(made.Actions, C.GoString(step.actions[s]))
			}
			steps = append(steps, made)
		}
	})
	return steps
}

// Actions are what the policy asks the host to do.
func (d *Decision) Actions() (actions []Action) {
	d.read(func(c *C.trust_decision) {
		var action C.trust_policy_action
		for i := C.size_t(0); C.trust_decision_action(c, i, &action) == C.TRUST_OK; i++ {
			actions = append(actions, actionOf(&action))
		}
	})
	return actions
}

// Item is what became of one item of evidence.
type Item struct {
	Type   string
	Origin Origin
	State  State
	Reason Reason
}

// Items are what became of each item, in the order of the evidence.
func (d *Decision) Items() (items []Item) {
	d.read(func(c *C.trust_decision) {
		var item C.trust_item_outcome
		for i := C.size_t(0); C.trust_decision_item(c, i, &item) == C.TRUST_OK; i++ {
			items = append(items, Item{
				Type:   C.GoString(item._type),
				Origin: Origin(item.origin),
				State:  State(item.state),
				Reason: Reason(item.reason),
			})
		}
	})
	return items
}

// MarshalJSON is one JSON object (docs/decision.md), the same bytes as in every language. They are
// JSON for json.Marshal too, which writes "<", ">" and "&" in another way.
func (d *Decision) MarshalJSON() ([]byte, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.release()
	return readBytes(4096, func(out *C.char, room C.size_t, need *C.size_t) C.trust_status {
		return C.trust_decision_to_json(d.c(), out, room, need)
	})
}

// Audience is whom an explanation is for.
type Audience uint32

// Whom an explanation is for.
const (
	ForOperator Audience = C.TRUST_FOR_OPERATOR // everything
	ForSubject  Audience = C.TRUST_FOR_SUBJECT  // what to do, and no clue for an attacker
)

// Explain writes it for a person: the verdict, the ledger as a table, and what could change it.
func (d *Decision) Explain(audience Audience) (string, error) {
	if err := d.acquire(); err != nil {
		return "", err
	}
	defer d.release()
	return readText(func(out *C.char, room C.size_t, need *C.size_t) C.trust_status {
		return C.trust_decision_explain(d.c(), C.uint32_t(audience), out, room, need)
	})
}

// DeviceID is the device that it is about; empty once the decision is closed.
func (d *Decision) DeviceID() string {
	var read struct{ Device string }
	text, err := d.MarshalJSON()
	if err != nil || json.Unmarshal(text, &read) != nil {
		return ""
	}
	return read.Device
}

// String is one line for a log, the same as in Python, such as
// "urn:dev:ops:32473-7: step_up risk=278 (153..575): ON_LIST, NO_EVIDENCE". A closed one names no device.
func (d *Decision) String() string {
	info, codes := d.Info(), "no reason"
	for i, reason := range d.Reasons() {
		if i == 0 {
			codes = reason.String()
		} else {
			codes += ", " + reason.String()
		}
	}
	line := fmt.Sprintf("%v risk=%d (%d..%d): %s", info.Verdict, info.Risk, info.Lowest, info.Highest, codes)
	if id := d.DeviceID(); id != "" {
		return id + ": " + line
	}
	return line
}
