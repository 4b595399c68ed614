package trust

// Findings: what appraisal made of evidence, the only thing that a policy sees.

// #include <trust/finding.h>
import "C"

import (
	"fmt"
	"time"
	"unsafe"
)

// Kind is what a finding is about. Built-in kinds have small numbers; a host's own kind carries a
// dot in its name and gets its number from that name.
type Kind uint32

const (
	KindNone        Kind = C.TRUST_KIND_NONE
	KindAttestation Kind = C.TRUST_KIND_ATTESTATION // does it run what it should? An AR4SI tier
	KindIdentity    Kind = C.TRUST_KIND_IDENTITY    // is it this device? An AR4SI tier
	KindPlace       Kind = C.TRUST_KIND_PLACE       // is it where it belongs? Permille of surprise
	KindReputation  Kind = C.TRUST_KIND_REPUTATION  // who else uses this address? Percent
	KindBehaviour   Kind = C.TRUST_KIND_BEHAVIOUR   // does it act as it did? A surprise
	KindHuman       Kind = C.TRUST_KIND_HUMAN       // who installed it? An AR4SI tier
)

// KindOf is the kind called name; KindNone for a name that can be no kind.
func KindOf(name string) Kind {
	d := lend([]byte(name))
	return Kind(C.trust_kind_id((*C.char)(unsafe.Pointer(&d[0])), C.size_t(len(name))))
}

// String is the name of a built-in kind, and the number of a host's own.
func (k Kind) String() string {
	if name := C.trust_kind_name(C.uint32_t(k)); name != nil {
		return C.GoString(name)
	}
	return fmt.Sprintf("kind 0x%08x", uint32(k))
}

// Scale is what a kind's values measure.
type Scale uint32

const (
	ScaleAR4SI    Scale = C.TRUST_SCALE_AR4SI    // 0..127: 2 affirming, 32 warning, 96 contraindicated
	ScalePermille Scale = C.TRUST_SCALE_PERMILLE // 0..1000: 0 as expected, 1000 as bad as it gets
	ScalePercent  Scale = C.TRUST_SCALE_PERCENT  // 0..100, likewise
	ScaleSurprise Scale = C.TRUST_SCALE_SURPRISE // 0..120: tenths of decades
)

// Origin is who states an item of evidence: set by the caller, never by the bytes.
type Origin uint32

const (
	FromDevice  Origin = C.TRUST_FROM_DEVICE  // bytes that came from the device, however they travelled
	FromHost    Origin = C.TRUST_FROM_HOST    // the caller's own observation
	FromService Origin = C.TRUST_FROM_SERVICE // the authenticated answer of a verification service
)

// String is the word for an origin, as it stands in JSON.
func (o Origin) String() string { return C.GoString(C.trust_origin_name(C.uint32_t(o))) }

// MarshalText makes an origin its word in JSON and in logs.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// State is what is known about a kind. All but StateValid are absences that say why there is no
// value.
type State uint32

const (
	StateNotRequested  State = C.TRUST_STATE_NOT_REQUESTED  // nobody asked for it
	StateValid         State = C.TRUST_STATE_VALID          // verified and appraised: the value counts
	StatePending       State = C.TRUST_STATE_PENDING        // asked, the deadline has not passed
	StateRefused       State = C.TRUST_STATE_REFUSED        // asked, delivered, not answered in time
	StateInvalid       State = C.TRUST_STATE_INVALID        // the device's own, and wrong
	StateExpired       State = C.TRUST_STATE_EXPIRED        // was good once, too old to vouch now
	StateSourceDown    State = C.TRUST_STATE_SOURCE_DOWN    // the source fails for everybody
	StateNotApplicable State = C.TRUST_STATE_NOT_APPLICABLE // the policy does not ask this device for it
	StateUnbound       State = C.TRUST_STATE_UNBOUND        // not proved to come from this device
	StateUnsupported   State = C.TRUST_STATE_UNSUPPORTED    // a format that this build does not read
)

// String is the word for a state, as it stands in JSON.
func (s State) String() string { return C.GoString(C.trust_state_name(C.uint32_t(s))) }

// MarshalText makes a state its word in JSON and in logs.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

const (
	QualityFull uint32 = C.TRUST_QUALITY_FULL // the source is as good as its kind gets
	NoItem      uint32 = C.TRUST_NO_ITEM      // in Finding.Item: it rests on no single item
)

// Finding is one finding. It lies in memory as the library's own does, so a slice of them goes to
// [Policy.Evaluate] as it is.
type Finding struct {
	Kind     Kind
	Source   uint32 // which source of this kind
	State    State
	Origin   Origin
	Value    int32  // on the kind's scale; read only when State is StateValid
	Quality  uint32 // 0..QualityFull, how much the source can be relied on; of 0 it counts for nothing
	Time     Millis // when it was true: the older of claimed and received
	Reason   Reason // the one fact that explains the value
	Item     uint32 // index of the item of evidence, or NoItem
	Expected int64  // for the explanation: what was expected, meaning fixed by the reason
	Seen     int64  // and what was there
	reserved uint64 // 0
}

// NewFinding is the host's own finding, of full quality, that rests on no single item.
func NewFinding(kind Kind, value int32, at time.Time) Finding {
	return Finding{Kind: kind, State: StateValid, Origin: FromHost, Value: value, Quality: QualityFull,
		Time: MillisOf(at), Item: NoItem}
}

// The compiler refuses a Finding that lies in memory in another way than the library's.
var (
	_ [unsafe.Sizeof(C.trust_finding{})]byte            = [unsafe.Sizeof(Finding{})]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.kind)]byte     = [unsafe.Offsetof(Finding{}.Kind)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.source)]byte   = [unsafe.Offsetof(Finding{}.Source)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.state)]byte    = [unsafe.Offsetof(Finding{}.State)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.origin)]byte   = [unsafe.Offsetof(Finding{}.Origin)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.value)]byte    = [unsafe.Offsetof(Finding{}.Value)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.quality)]byte  = [unsafe.Offsetof(Finding{}.Quality)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.time)]byte     = [unsafe.Offsetof(Finding{}.Time)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.reason)]byte   = [unsafe.Offsetof(Finding{}.Reason)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.item)]byte     = [unsafe.Offsetof(Finding{}.Item)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.expected)]byte = [unsafe.Offsetof(Finding{}.Expected)]byte{}
	_ [unsafe.Offsetof(C.trust_finding{}.seen)]byte     = [unsafe.Offsetof(Finding{}.Seen)]byte{}
)
