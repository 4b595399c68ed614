package trust

// Challenges: a fresh nonce for one device, written down before it is shown.

/*
#include "seams.h"
*/
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// ChallengeRequest is what is asked. The zero value asks for attestation and identity, within two
// minutes.
type ChallengeRequest struct {
	Kinds   []Kind        // at most 8; none for attestation and identity
	TTL     time.Duration // to answer in, at least a millisecond; 0 for two minutes; at most 30 days
	Purpose string        // such as "onboarding"
	Attempt string        // the caller's id of this onboarding attempt
}

// A Challenge is a copy of what was written down. Any number of goroutines may use one.
type Challenge struct {
	handle
}

// Challenge issues a challenge: durable in the store before this returns. A device has at most 4
// open ones ([ErrLimit]), so limit how often one peer is asked, and keep the TTL short.
func (d *Device) Challenge(ctx context.Context, request ChallengeRequest) (*Challenge, error) {
	return d.challenge(ctx, request, func(c *call, r *C.trust_challenge_request, out **C.trust_challenge) C.trust_status {
		return C.tg_challenge_new(c.c(), d.c(), r, out, &c.failed)
	})
}

// Adopt expects a nonce of 8 to 64 bytes that was issued elsewhere.
func (d *Device) Adopt(ctx context.Context, nonce []byte, request ChallengeRequest) (*Challenge, error) {
	return d.challenge(ctx, request, func(c *call, r *C.trust_challenge_request, out **C.trust_challenge) C.trust_status {
		n := lend(nonce)
		return C.tg_challenge_adopt(c.c(), d.c(), r, unsafe.Pointer(&n[0]), C.size_t(len(nonce)), out, &c.failed)
	})
}

func (d *Device) challenge(ctx context.Context, request ChallengeRequest, make func(*call, *C.trust_challenge_request, **C.trust_challenge) C.trust_status) (*Challenge, error) {
	var memory scratch
	defer memory.free()
	asked := memory.challenge(request)
	if memory.err != nil {
		return nil, memory.err
	}
	c, err := d.begin(ctx)
	if err != nil {
		return nil, err
	}
	var challenge *C.trust_challenge
	status := make(c, asked, &challenge)
	made := &Challenge{}
	if challenge != nil {
		made.own(unsafe.Pointer(challenge), freeChallenge)
	}
	if err := c.end(status); err != nil {
		return nil, err
	}
	return made, nil
}

// challenge is a request as C reads it.
func (s *scratch) challenge(request ChallengeRequest) *C.trust_challenge_request {
	r := (*C.trust_challenge_request)(s.alloc(1, C.sizeof_trust_challenge_request))
	kinds := (*C.uint32_t)(s.alloc(len(request.Kinds), C.sizeof_uint32_t))
	purpose, attempt := s.optional(request.Purpose), s.optional(request.Attempt)
	ttl := request.TTL.Milliseconds()
	if ttl == 0 && request.TTL != 0 && s.err == nil {
		s.err = refuse(ErrArgument, "a challenge lives for a millisecond at least")
	}
	if s.err != nil {
		return nil
	}
	for i, kind := range request.Kinds {
		unsafe.Slice(kinds, len(request.Kinds))[i] = C.uint32_t(kind)
	}
	r.size = C.sizeof_trust_challenge_request
	r.kinds = kinds
	r.kind_count = C.size_t(len(request.Kinds))
	r.ttl = C.int64_t(ttl)
	r.purpose = purpose
	r.attempt = attempt
	return r
}

func freeChallenge(p unsafe.Pointer) {
	C.trust_challenge_free((*C.trust_challenge)(p))
}

func (c *Challenge) c() *C.trust_challenge {
	return (*C.trust_challenge)(c.pointer)
}

// Delivered notes that the device itself has received a challenge: silence is a refusal from now
// on. It is for a connection that has proved to be the device's, not for every one that a challenge
// was sent to.
func (d *Device) Delivered(ctx context.Context, id uint64) error {
	c, err := d.begin(ctx)
	if err != nil {
		return err
	}
	return c.end(C.tg_challenge_delivered(c.c(), d.c(), C.uint64_t(id), &c.failed))
}

// Nonce is what to send; nil once the challenge is closed.
func (c *Challenge) Nonce() []byte {
	if c.acquire() != nil {
		return nil
	}
	defer c.release()
	return viewOf(C.trust_challenge_nonce(c.c()))
}

// ID is its number within the device, for [Device.Delivered]; 0 once it is closed.
func (c *Challenge) ID() uint64 {
	if c.acquire() != nil {
		return 0
	}
	defer c.release()
	return uint64(C.trust_challenge_id(c.c()))
}

// Issued is when it was issued, by the engine's clock.
func (c *Challenge) Issued() time.Time {
	if c.acquire() != nil {
		return time.Time{}
	}
	defer c.release()
	return fromTime(C.trust_challenge_issued(c.c()))
}

// Deadline is until when it can be answered.
func (c *Challenge) Deadline() time.Time {
	if c.acquire() != nil {
		return time.Time{}
	}
	defer c.release()
	return fromTime(C.trust_challenge_deadline(c.c()))
}
