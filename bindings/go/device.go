package trust

// One device: what was registered of it, its lifecycle, and the calls that judge it.

/*
#include "seams.h"
*/
import "C"

import (
	"context"
	"crypto/ed25519"
	"time"
	"unsafe"
)

// A Device is one view of a device's records in the engine's store. It works for one goroutine at a
// time: a second one gets [ErrBusy], and nothing was done. Any number of views of one device are
// fine; who commits second starts over from the other's result.
type Device struct {
	handle
	host *host
}

// Enrolment is what is registered of a device; no evidence registers anything.
type Enrolment struct {
	Keys       []ed25519.PublicKey // its identity: at most 4 keys that it may attest with
	Attributes map[string]string   // such as "class", "role" and "country"; at most 16
}

// Enroll writes the first record of a device. The id is UTF-8 without control characters, at most
// 255 bytes, such as "urn:dev:mac:0024befffe804ff1" (RFC 9039). A device of which nothing is
// registered can never be allowed.
func (e *Engine) Enroll(ctx context.Context, id string, enrolment Enrolment) (*Device, error) {
	text, err := textOf(id)
	if err != nil {
		return nil, err
	}
	keys, err := keysOf(enrolment.Keys)
	if err != nil {
		return nil, err
	}
	var memory scratch
	defer memory.free()
	attributes, count := memory.attributes(enrolment.Attributes)
	if memory.err != nil {
		return nil, memory.err
	}
	c, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	var device *C.trust_device
	status := C.tg_device_enroll(c.c(), e.c(), text, &keys[0][0], C.size_t(len(enrolment.Keys)),
		attributes, count, &device, &c.failed)
	return e.device(c, status, device)
}

// Open opens a device that was enrolled.
func (e *Engine) Open(ctx context.Context, id string) (*Device, error) {
	text, err := textOf(id)
	if err != nil {
		return nil, err
	}
	c, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	var device *C.trust_device
	status := C.tg_device_open(c.c(), e.c(), text, &device, &c.failed)
	return e.device(c, status, device)
}

func (e *Engine) device(c *call, status C.trust_status, device *C.trust_device) (*Device, error) {
	d := &Device{host: e.host}
	if device != nil {
		d.own(unsafe.Pointer(device), freeDevice)
	}
	if err := c.end(status); err != nil {
		return nil, err
	}
	return d, nil
}

func freeDevice(p unsafe.Pointer) {
	C.trust_device_free((*C.trust_device)(p))
}

func (d *Device) c() *C.trust_device {
	return (*C.trust_device)(d.pointer)
}

// begin is a call that keeps the device open until it ends.
func (d *Device) begin(ctx context.Context) (*call, error) {
	return d.host.begin(ctx, &d.handle)
}

// ID is the device's id; empty once it is closed.
func (d *Device) ID() string {
	if d.acquire() != nil {
		return ""
	}
	defer d.release()
	return C.GoString(C.trust_device_id(d.c()))
}

// Lifecycle says where a device stands.
type Lifecycle uint32

// The lives of a device.
const (
	Enrolled  Lifecycle = C.TRUST_LIFECYCLE_ENROLLED
	Suspended Lifecycle = C.TRUST_LIFECYCLE_SUSPENDED // at best quarantine, until resumed
	Revoked   Lifecycle = C.TRUST_LIFECYCLE_REVOKED   // always deny; final
	Retired   Lifecycle = C.TRUST_LIFECYCLE_RETIRED   // always deny; final
)

// String is the word for a lifecycle.
func (l Lifecycle) String() string {
	return C.GoString(C.trust_lifecycle_name(C.uint32_t(l)))
}

// MarshalText makes a lifecycle its word in JSON and in logs.
func (l Lifecycle) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// SetLifecycle moves the device. Enrolled and suspended change both ways; revoked and retired are
// for ever.
func (d *Device) SetLifecycle(ctx context.Context, lifecycle Lifecycle) error {
	c, err := d.begin(ctx)
	if err != nil {
		return err
	}
	return c.end(C.tg_device_set_lifecycle(c.c(), d.c(), C.uint32_t(lifecycle), &c.failed))
}

// DeviceInfo is what a device's record says, as this handle knows it.
type DeviceInfo struct {
	Lifecycle      Lifecycle
	Verdict        Verdict // the last decision's, or NoVerdict
	Risk           int     // the last decision's
	Keys           int
	Attributes     int
	OpenChallenges int
	Enrolled       time.Time
	Decided        time.Time // when the last decision was made
	ValidUntil     time.Time // of the last decision
	Decisions      uint64    // how many were committed
	Revision       uint64    // of the control record
	MemoryBytes    uint64    // what was learnt
	Stage          string    // of onboarding; empty before the first decision with stages
	StageSince     time.Time // when it was entered
	Flaps          uint32    // how often its verdict got worse again soon after it got better
}

// Info is what the record says.
func (d *Device) Info() (DeviceInfo, error) {
	if err := d.acquire(); err != nil {
		return DeviceInfo{}, err
	}
	defer d.release()
	var info C.trust_device_info
	if err := check(C.trust_device_get_info(d.c(), &info), nil); err != nil {
		return DeviceInfo{}, err
	}
	return DeviceInfo{
		Lifecycle:      Lifecycle(info.lifecycle),
		Verdict:        Verdict(info.verdict),
		Risk:           int(info.risk),
		Keys:           int(info.anchor_count),
		Attributes:     int(info.attribute_count),
		OpenChallenges: int(info.open_challenges),
		Enrolled:       fromTime(info.enrolled),
		Decided:        fromTime(info.decided),
		ValidUntil:     fromTime(info.valid_until),
		Decisions:      uint64(info.decisions),
		Revision:       uint64(info.revision),
		MemoryBytes:    uint64(info.memory_bytes),
		Stage:          C.GoString(&info.stage[0]),
		StageSince:     fromTime(info.stage_since),
		Flaps:          uint32(info.flaps),
	}, nil
}

// Attributes is what was registered of the device.
func (d *Device) Attributes() (map[string]string, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.release()
	attributes := make(map[string]string)
	for i := C.size_t(0); ; i++ {
		var attribute C.trust_attribute
		switch status := C.trust_device_attribute_at(d.c(), i, &attribute); status {
		case C.TRUST_OK:
			attributes[C.GoString(attribute.name)] = C.GoString(attribute.value)
		case C.TRUST_E_NOT_FOUND:
			return attributes, nil
		default:
			return nil, check(status, nil)
		}
	}
}

// Keys are the keys that the device may attest with.
func (d *Device) Keys() ([]ed25519.PublicKey, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.release()
	var keys []ed25519.PublicKey
	for i := C.size_t(0); ; i++ {
		key := make([]byte, ed25519.PublicKeySize)
		switch status := C.trust_device_key_at(d.c(), i, (*C.uint8_t)(&key[0])); status {
		case C.TRUST_OK:
			keys = append(keys, key)
		case C.TRUST_E_NOT_FOUND:
			return keys, nil
		default:
			return nil, check(status, nil)
		}
	}
}

// Reload reads the records again, after somebody else changed them. What was registered stays as it
// was opened.
func (d *Device) Reload(ctx context.Context) error {
	c, err := d.begin(ctx)
	if err != nil {
		return err
	}
	return c.end(C.tg_device_reload(c.c(), d.c(), &c.failed))
}
