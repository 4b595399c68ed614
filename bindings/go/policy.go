package trust

// A policy: what a document says about how findings are weighed. The document is untrusted: C
// parses it.

// #include <trust/policy.h>
import "C"

import (
	"crypto/ed25519"
	"time"
	"unsafe"
)

// Verdict is what a decision says, in order of severity. The zero value opens nothing.
type Verdict uint32

const (
	NoVerdict  Verdict = C.TRUST_NO_VERDICT
	Allow      Verdict = C.TRUST_ALLOW
	StepUp     Verdict = C.TRUST_STEP_UP
	Quarantine Verdict = C.TRUST_QUARANTINE
	Deny       Verdict = C.TRUST_DENY
)

// String is the word for a verdict, as it stands in JSON.
func (v Verdict) String() string { return C.GoString(C.trust_verdict_name(C.trust_verdict(v))) }

// MarshalText makes a verdict its word in JSON and in logs.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Policy weighs findings into a risk and a verdict. It never changes: any number of goroutines may
// use one.
type Policy struct {
	handle
}

func newPolicy(policy *C.trust_policy) *Policy {
	p := new(Policy)
	p.own(unsafe.Pointer(policy), func(p unsafe.Pointer) { C.trust_policy_free((*C.trust_policy)(p)) })
	return p
}

func (p *Policy) c() *C.trust_policy { return (*C.trust_policy)(p.pointer) }

// address is c as a number, which cgo need not check at every call: it is memory of C.
func (p *Policy) address() C.uintptr_t { return C.uintptr_t(uintptr(p.pointer)) }

// LoadPolicyUnsigned reads a policy document whose authenticity the caller answers for. A document
// of which one of its own tests fails is refused.
func LoadPolicyUnsigned(document []byte) (*Policy, error) {
	var policy *C.trust_policy
	var failed C.trust_error
	d := lend(document)
	status := C.trust_policy_load_unsigned(unsafe.Pointer(&d[0]), C.size_t(len(document)), nil,
		&policy, &failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	return newPolicy(policy), nil
}

// LoadPolicy reads a policy document that a manifest vouches for: signed by one of the keys, and
// about these bytes. A zero now refuses a manifest that begins or ends at a time.
func LoadPolicy(document, manifest []byte, keys []ed25519.PublicKey, now time.Time) (*Policy, error) {
	var policy *C.trust_policy
	var failed C.trust_error
	raw, err := keysOf(keys)
	if err != nil {
		return nil, err
	}
	d, m := lend(document), lend(manifest)
	status := C.trust_policy_load(unsafe.Pointer(&d[0]), C.size_t(len(document)),
		unsafe.Pointer(&m[0]), C.size_t(len(manifest)), &raw[0], C.size_t(len(keys)), toTime(now), nil,
		&policy, &failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	return newPolicy(policy), nil
}

// Expand is the document in full, every default spelled out, as JSON that loads to the same hash.
func (p *Policy) Expand() (string, error) {
	if err := p.acquire(); err != nil {
		return "", err
	}
	defer p.release()
	return readText(func(out *C.char, room C.size_t, need *C.size_t) C.trust_status {
		return C.trust_policy_expand(p.c(), out, room, need)
	})
}

// PolicySchema is the JSON Schema (2020-12) of a policy document.
func PolicySchema() (string, error) {
	return readText(func(out *C.char, room C.size_t, need *C.size_t) C.trust_status {
		return C.trust_policy_schema(out, room, need)
	})
}

// Selection says which profiles may apply to a device. The zero value is the default profile.
type Selection struct {
	Profile uint32 // the first whose condition is true; 0 for the default
	Also    uint32 // bit i: a fact is missing that could make profile i apply instead
}

// Select chooses by registered facts, such as "role" or "country"; never by what the device says.
// What is not registered never makes a verdict milder.
func (p *Policy) Select(attributes map[string]string) (Selection, error) {
	if err := p.acquire(); err != nil {
		return Selection{}, err
	}
	defer p.release()
	var memory scratch
	defer memory.free()
	list, count := memory.attributes(attributes)
	if memory.err != nil {
		return Selection{}, memory.err
	}
	var out C.trust_policy_selection
	if err := check(C.trust_policy_select(p.c(), list, count, &out), nil); err != nil {
		return Selection{}, because(err, ErrArgument, "a name has 1 to 31 bytes of [a-z0-9_.-], "+
			"a value at most 127 of UTF-8, all together 512")
	}
	return Selection{Profile: uint32(out.profile), Also: uint32(out.also)}, nil
}
