package trust

// The device's side: make native evidence, as a device in Go or a test does.

// #include "seams.h"
import "C"

import (
	"time"
	"unsafe"
)

// AttestProfile is the profile of native tokens.
const AttestProfile = C.TRUST_ATTEST_PROFILE

// Component is one measured component.
type Component struct {
	Name    string // such as "app"; at most 63 bytes
	Version string // such as "2.4.1"; at most 31 bytes, or empty
	Digest  []byte // 32, 48 or 64 bytes
	Signer  []byte // 32, 48 or 64 bytes, or empty
}

// Debug is what a device says of its debug port.
type Debug int32

const (
	DebugUnstated          Debug = 0 // the zero value states nothing
	DebugEnabled           Debug = 1 + C.TRUST_DEBUG_ENABLED
	DebugDisabled          Debug = 1 + C.TRUST_DEBUG_DISABLED
	DebugDisabledSinceBoot Debug = 1 + C.TRUST_DEBUG_DISABLED_SINCE_BOOT
	DebugDisabledForever   Debug = 1 + C.TRUST_DEBUG_DISABLED_FOREVER
	DebugDisabledFully     Debug = 1 + C.TRUST_DEBUG_DISABLED_FULLY
)

// Boot is what a device says of how it booted.
type Boot int32

const (
	BootUnstated Boot = 0 // the zero value states nothing
	BootInsecure Boot = 1 + C.TRUST_BOOT_INSECURE
	BootSecure   Boot = 1 + C.TRUST_BOOT_SECURE
)

// Claims are what a device says of itself, and what its token is bound to. The zero value of all but
// Nonce states nothing.
type Claims struct {
	Nonce      []byte // the challenge's, 8 to 64 bytes
	Components []Component
	IssuedAt   time.Time // zero where the device has no clock
	BootCount  *int64    // nil where it is not counted
	Debug      Debug
	SecureBoot Boot

	Purpose    string // of the challenge
	Verifier   string // whom the device believes it talks to
	Device     string // its own id
	Attempt    string
	Channel    []byte // TLS exporter value of RFC 9266, 32 bytes; never sent
	SessionKey []byte // public key to be proved later, at most 133 bytes
	SealingKey []byte // X25519 public key that secrets may be sealed to, 32 bytes
}

const neededOfClaims = "a nonce has 8 to 64 bytes, a digest 32, 48 or 64, a channel and a sealing key 32; " +
	"a name and a text have at most 63, a version 31; the signer is of UseDevice"

// Attest makes a token, which travels as [TypeEATCWT]. The signer is of UseDevice.
func Attest(signer *Signer, claims Claims) ([]byte, error) {
	var memory scratch
	defer memory.free()
	in := memory.claims(&claims)
	if memory.err != nil {
		return nil, memory.err
	}
	out := make([]byte, C.TRUST_ATTEST_MAX_TOKEN)
	var size C.size_t
	c, err := signer.begin()
	if err != nil {
		return nil, err
	}
	status := C.tg_attest_make(c.c(), in, signer.c(), (*C.uint8_t)(unsafe.Pointer(&out[0])),
		C.size_t(len(out)), &size)
	if err := c.end(status); err != nil {
		return nil, because(err, ErrArgument, neededOfClaims)
	}
	return out[:size:size], nil
}

func (s *scratch) claims(claims *Claims) *C.trust_attest_claims {
	in := (*C.trust_attest_claims)(s.alloc(1, unsafe.Sizeof(C.trust_attest_claims{})))
	if in == nil {
		return nil
	}
	in.size = C.size_t(unsafe.Sizeof(*in))
	in.nonce = s.bytes(claims.Nonce)
	in.binding = C.trust_attest_binding{
		purpose:     s.optional(claims.Purpose),
		verifier:    s.optional(claims.Verifier),
		device:      s.optional(claims.Device),
		attempt:     s.optional(claims.Attempt),
		channel:     s.bytes(claims.Channel),
		session_key: s.bytes(claims.SessionKey),
		sealing_key: s.bytes(claims.SealingKey),
	}
	in.components = s.components(claims.Components)
	in.component_count = C.size_t(len(claims.Components))
	in.issued_at, in.boot_count = -1, -1
	if !claims.IssuedAt.IsZero() {
		in.issued_at = C.int64_t(claims.IssuedAt.Unix())
	}
	if claims.BootCount != nil {
		in.boot_count = C.int64_t(*claims.BootCount)
	}
	in.debug = C.int32_t(claims.Debug) - 1
	in.secure_boot = C.int32_t(claims.SecureBoot) - 1
	return in
}

func (s *scratch) components(components []Component) *C.trust_attest_component {
	list := (*C.trust_attest_component)(s.alloc(len(components), unsafe.Sizeof(C.trust_attest_component{})))
	if list == nil {
		return nil
	}
	for i, component := range components {
		unsafe.Slice(list, len(components))[i] = C.trust_attest_component{
			name:    s.text(component.Name),
			version: s.optional(component.Version),
			digest:  s.bytes(component.Digest),
			signer:  s.bytes(component.Signer),
		}
	}
	return list
}
