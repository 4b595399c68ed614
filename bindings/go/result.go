package trust

// Appraisal by itself: an attestation result (RFC 9334) for one item of evidence, of no device.

/*
#include "seams.h"
*/
import "C"

import (
	"context"
	"crypto/ed25519"
	"unsafe"
)

// Appraisal is one item to appraise.
type Appraisal struct {
	Type        string // media type
	Data        []byte
	Keys        []ed25519.PublicKey // anchors, at most 4; none means that nothing verifies
	Nonce       []byte              // expected, 8 to 64 bytes; none: freshness is unproved
	Channel     []byte              // as for Evidence.SetChannel
	DeviceClass string              // whose reference values apply
	Origin      Origin              // FromDevice where none is given
}

// A Result says what was found. Any number of goroutines may use one.
type Result struct {
	handle
}

// Appraise verifies and appraises one item. Whatever was found is no error.
func (e *Engine) Appraise(ctx context.Context, item Appraisal) (*Result, error) {
	var memory scratch
	defer memory.free()
	request, err := memory.appraisal(item)
	if err != nil {
		return nil, err
	}
	c, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	var result *C.trust_result
	status := C.tg_appraise(c.c(), e.c(), request, &result, &c.failed)
	made := &Result{}
	if result != nil {
		made.own(unsafe.Pointer(result), freeResult)
	}
	if err := c.end(status); err != nil {
		return nil, err
	}
	return made, nil
}

// appraisal is an item as C reads it.
func (s *scratch) appraisal(item Appraisal) (*C.trust_appraise_request, error) {
	origin := item.Origin
	if origin == 0 {
		origin = FromDevice
	}
	var keys []byte
	for _, key := range item.Keys {
		if len(key) != ed25519.PublicKeySize {
			return nil, refuse(ErrArgument, "an Ed25519 public key has 32 bytes")
		}
		keys = append(keys, key...)
	}
	r := (*C.trust_appraise_request)(s.alloc(1, C.sizeof_trust_appraise_request))
	request := C.trust_appraise_request{
		size:              C.sizeof_trust_appraise_request,
		_type:             s.text(item.Type),
		data:              s.bytes(item.Data),
		ed25519_keys:      (*[32]C.uint8_t)(unsafe.Pointer(s.bytes(keys).data)),
		ed25519_key_count: C.size_t(len(item.Keys)),
		nonce:             s.bytes(item.Nonce),
		channel:           s.bytes(item.Channel),
		device_class:      s.optional(item.DeviceClass),
		origin:            C.uint32_t(origin),
	}
	if s.err != nil {
		return nil, s.err
	}
	*r = request
	return r, nil
}

func freeResult(p unsafe.Pointer) {
	C.trust_result_free((*C.trust_result)(p))
}

func (r *Result) c() *C.trust_result {
	return (*C.trust_result)(r.pointer)
}

// ResultInfo is the heads of a result.
type ResultInfo struct {
	State    State
	Reason   Reason
	Tier     int // 2 affirming, 32 warning, 96 contraindicated, 99 not verified
	Binding  Binding
	Findings int
	Vector   [8]int8 // the claims of AR4SI, in its order, 0 for none
}

// Info is the heads.
func (r *Result) Info() (ResultInfo, error) {
	if err := r.acquire(); err != nil {
		return ResultInfo{}, err
	}
	defer r.release()
	var info C.trust_result_info
	C.trust_result_get_info(r.c(), &info)
	return ResultInfo{
		State:    State(info.state),
		Reason:   Reason(info.reason),
		Tier:     int(info.tier),
		Binding:  Binding(info.binding),
		Findings: int(info.finding_count),
		Vector:   *(*[8]int8)(unsafe.Pointer(&info.vector)),
	}, nil
}

// Findings are what a policy would see.
func (r *Result) Findings() ([]Finding, error) {
	if err := r.acquire(); err != nil {
		return nil, err
	}
	defer r.release()
	var findings []Finding
	var finding C.trust_finding
	for i := C.size_t(0); C.trust_result_finding(r.c(), i, &finding) == C.TRUST_OK; i++ {
		findings = append(findings, *(*Finding)(unsafe.Pointer(&finding)))
	}
	return findings, nil
}

// JSON is the result as one JSON object, with the verified claims where they are asked for.
func (r *Result) JSON(claims bool) ([]byte, error) {
	if err := r.acquire(); err != nil {
		return nil, err
	}
	defer r.release()
	flag := C.uint32_t(0)
	if claims {
		flag = 1
	}
	return readBytes(2048, func(out *C.char, room C.size_t, need *C.size_t) C.trust_status {
		return C.trust_result_to_json(r.c(), flag, out, room, need)
	})
}

// MarshalJSON is the result without the claims.
func (r *Result) MarshalJSON() ([]byte, error) {
	return r.JSON(false)
}
