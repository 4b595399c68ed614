package trust

// What a policy says, as it will be evaluated, every default filled in.

// #include <trust/policy.h>
import "C"

import (
	"time"
	"unsafe"
)

// PolicyInfo is what a policy says. Points: 50 double the odds against the device.
type PolicyInfo struct {
	ID         string
	Revision   uint64
	Hash       [32]byte // SHA-256 of the normalised document
	Signed     bool     // a manifest vouched for it
	Bands      Bands
	Hysteresis Hysteresis
	Overrides  Overrides
	Signals    []Signal  // in the order of the ledger: sorted by name
	Groups     []Group   // sorted by name
	Gates      []Gate    // in the document's order
	Profiles   []Profile // the default first, then in the document's order
	Stages     []Stage   // of onboarding, in the document's order; a device begins in the first
}

// Signal is one signal of a policy.
type Signal struct {
	Name         string
	Group        string
	Kind         Kind
	Scale        Scale
	Most         int           // the most points that it can add
	Least        int           // the most that it can take away, zero or negative
	Absent       int           // points when it was not requested
	Refused      int           // points when it was refused
	SourceDown   int           // points when its source is down
	HalfLifeGood time.Duration // 0 never
	HalfLifeBad  time.Duration // likewise
	TTL          time.Duration // after which it cannot vouch; 0 never
	TTLBad       time.Duration // after which bad news no longer counts; 0 never
	Reliability  int           // permille of a value that counts even when it is fresh
	Quorum       int           // so many sources must say it before it counts
	Cost         int           // of asking for it; 0: it cannot be asked for
	Action       string        // what the host does to obtain it
	Curve        []Knot
}

// Knot is a pair of a signal's curve.
type Knot struct {
	Value  int // on the kind's scale
	Points int
}

// Group is a group of signals and its caps.
type Group struct {
	Name    string
	Floor   int // the most points that its signals take away together, 0 or negative
	Ceiling int // the most that they add
}

// Bands are the risks of a policy's verdicts, each the highest that still earns it, and the base.
type Bands struct {
	Base, Allow, StepUp, Quarantine int
}

// Profile is what holds for devices of which its condition is true.
type Profile struct {
	ID          string // "default" for the first
	When        string // its condition for a person; empty for the default
	Bands       Bands
	Adverse     int      // points against a device, before any for it, that allow bears
	Uncertainty int      // permille not pinned by fresh evidence that allow bears
	Exempt      []string // signals that are not asked for
}

// Gate lets no verdict be better than Floor while so many of its conditions hold.
type Gate struct {
	ID         string
	Floor      Verdict
	Reason     Reason
	Need       int  // so many conditions fire it
	Final      bool // no override passes it
	Conditions []Condition
}

// Asks is what a condition of a gate asks.
type Asks uint32

const (
	AsksAtLeast Asks = C.TRUST_ASKS_AT_LEAST // a value that counts reaches the limit
	AsksPoints  Asks = C.TRUST_ASKS_POINTS   // the signal's row reaches so many points
	AsksAbsent  Asks = C.TRUST_ASKS_ABSENT   // there is no fresh value
	AsksOlder   Asks = C.TRUST_ASKS_OLDER    // there is no value that is at most so old
)

// Condition is one condition of a gate.
type Condition struct {
	Signal string
	Asks   Asks
	Limit  int // on the kind's scale, or points
	Age    time.Duration
}

// Stage is one stage of onboarding.
type Stage struct {
	ID        string
	Needs     []string // signals that must be affirming before the next stage
	Next      int      // index of the next stage, or -1 for the last
	OnTimeout Verdict  // no verdict is better from the timeout on, until the stage is left
	Timeout   time.Duration
}

// Hysteresis is how verdicts are kept from flapping.
type Hysteresis struct {
	Margin   int // points below a threshold before a milder verdict may follow
	Backoff  int // what the dwell is multiplied by for each flap
	Dwell    time.Duration
	DwellMax time.Duration
}

// Overrides are what signed overrides may do.
type Overrides struct {
	Mildest   Verdict // no override makes a verdict milder; NoVerdict: there are none
	Approvals int     // people who must sign
	MaxTTL    time.Duration
}

// Info is all that the policy says.
func (p *Policy) Info() (PolicyInfo, error) {
	if err := p.acquire(); err != nil {
		return PolicyInfo{}, err
	}
	defer p.release()
	info := p.heads()
	info.Signals = p.signals()
	names := namesOf(info.Signals)
	info.Groups = p.groups()
	info.Gates = p.gates()
	info.Stages = p.stages(names)
	var err error
	info.Profiles, err = p.profiles(names)
	return info, err
}

func (p *Policy) heads() PolicyInfo {
	var bands C.trust_policy_bands
	var hysteresis C.trust_policy_hysteresis
	var overrides C.trust_policy_overrides
	C.trust_policy_get_bands(p.c(), &bands)
	C.trust_policy_get_hysteresis(p.c(), &hysteresis)
	C.trust_policy_get_overrides(p.c(), &overrides)
	info := PolicyInfo{
		ID:       C.GoString(C.trust_policy_id(p.c())),
		Revision: uint64(C.trust_policy_revision(p.c())),
		Signed:   C.trust_policy_is_signed(p.c()) != 0,
		Bands:    bandsOf(bands),
		Hysteresis: Hysteresis{
			Margin:   int(hysteresis.margin),
			Backoff:  int(hysteresis.backoff),
			Dwell:    duration(hysteresis.dwell),
			DwellMax: duration(hysteresis.dwell_max),
		},
		Overrides: Overrides{
			Mildest:   Verdict(overrides.mildest),
			Approvals: int(overrides.approvals),
			MaxTTL:    duration(overrides.max_ttl),
		},
	}
	C.trust_policy_hash(p.c(), (*C.uint8_t)(unsafe.Pointer(&info.Hash)))
	return info
}

func (p *Policy) signals() []Signal {
	signals := make([]Signal, int(C.trust_policy_signal_count(p.c())))
	for i := range signals {
		var at C.trust_policy_signal
		if C.trust_policy_signal_at(p.c(), C.size_t(i), &at) != C.TRUST_OK {
			return signals[:i]
		}
		signals[i] = Signal{
			Name:         C.GoString(at.name),
			Group:        C.GoString(at.group),
			Kind:         Kind(at.kind),
			Scale:        Scale(at.scale),
			Most:         int(at.most),
			Least:        int(at.least),
			Absent:       int(at.absent),
			Refused:      int(at.refused),
			SourceDown:   int(at.source_down),
			HalfLifeGood: duration(at.half_life_good),
			HalfLifeBad:  duration(at.half_life_bad),
			TTL:          duration(at.ttl),
			TTLBad:       duration(at.ttl_bad),
			Reliability:  int(at.reliability),
			Quorum:       int(at.quorum),
			Cost:         int(at.cost),
			Action:       C.GoString(at.action),
			Curve:        p.curve(i, int(at.knot_count)),
		}
	}
	return signals
}

func (p *Policy) curve(signal, count int) []Knot {
	knots := make([]Knot, count)
	for i := range knots {
		var at C.trust_policy_knot
		if C.trust_policy_knot_at(p.c(), C.size_t(signal), C.size_t(i), &at) != C.TRUST_OK {
			return knots[:i]
		}
		knots[i] = Knot{Value: int(at.value), Points: int(at.points)}
	}
	return knots
}

func (p *Policy) groups() []Group {
	var groups []Group
	var at C.trust_policy_group
	for C.trust_policy_group_at(p.c(), C.size_t(len(groups)), &at) == C.TRUST_OK {
		groups = append(groups, Group{C.GoString(at.name), int(at.floor), int(at.ceiling)})
	}
	return groups
}

func (p *Policy) gates() []Gate {
	gates := make([]Gate, int(C.trust_policy_gate_count(p.c())))
	for i := range gates {
		var at C.trust_policy_gate
		if C.trust_policy_gate_at(p.c(), C.size_t(i), &at) != C.TRUST_OK {
			return gates[:i]
		}
		gates[i] = Gate{
			ID:         C.GoString(at.id),
			Floor:      Verdict(at.floor),
			Reason:     Reason(at.reason),
			Need:       int(at.need),
			Final:      at.final != 0,
			Conditions: p.conditions(i, int(at.condition_count)),
		}
	}
	return gates
}

func (p *Policy) conditions(gate, count int) []Condition {
	conditions := make([]Condition, count)
	for i := range conditions {
		var at C.trust_policy_condition
		if C.trust_policy_condition_at(p.c(), C.size_t(gate), C.size_t(i), &at) != C.TRUST_OK {
			return conditions[:i]
		}
		conditions[i] = Condition{
			Signal: C.GoString(at.signal),
			Asks:   Asks(at.asks),
			Limit:  int(at.limit),
			Age:    duration(at.age),
		}
	}
	return conditions
}

func (p *Policy) profiles(signals []string) ([]Profile, error) {
	var profiles []Profile
	var at C.trust_policy_profile
	for C.trust_policy_profile_at(p.c(), C.size_t(len(profiles)), &at) == C.TRUST_OK {
		index := C.size_t(len(profiles))
		when, err := readText(func(out *C.char, room C.size_t, need *C.size_t) C.trust_status {
			return C.trust_policy_profile_when(p.c(), index, out, room, need)
		})
		if err != nil {
			return nil, err
		}
		profiles = append(profiles, Profile{
			ID:          C.GoString(at.id),
			When:        when,
			Bands:       bandsOf(at.stance.bands),
			Adverse:     int(at.stance.adverse),
			Uncertainty: int(at.stance.uncertainty),
			Exempt:      chosen(signals, uint64(at.stance.exempt)),
		})
	}
	return profiles, nil
}

func (p *Policy) stages(signals []string) []Stage {
	var stages []Stage
	var at C.trust_policy_stage
	for C.trust_policy_stage_at(p.c(), C.size_t(len(stages)), &at) == C.TRUST_OK {
		next := -1
		if at.next != C.UINT32_MAX {
			next = int(at.next)
		}
		stages = append(stages, Stage{
			ID:        C.GoString(at.id),
			Needs:     chosen(signals, uint64(at.needs)),
			Next:      next,
			OnTimeout: Verdict(at.on_timeout),
			Timeout:   duration(at.timeout),
		})
	}
	return stages
}

func bandsOf(b C.trust_policy_bands) Bands {
	return Bands{int(b.base), int(b.allow), int(b.step_up), int(b.quarantine)}
}

// duration holds every span that a policy can have: 100 years at most.
func duration(ms C.int64_t) time.Duration { return time.Duration(ms) * time.Millisecond }

func namesOf(signals []Signal) []string {
	names := make([]string, len(signals))
	for i, signal := range signals {
		names[i] = signal.Name
	}
	return names
}

// chosen are the names of the signals of which the bit is set.
func chosen(signals []string, bits uint64) []string {
	var names []string
	for i, name := range signals {
		if bits>>uint(i)&1 != 0 {
			names = append(names, name)
		}
	}
	return names
}
