package trust

// Evidence: the items of one assessment, each with an origin that the caller states. The bytes are
// hostile; nothing here reads them.

/*
#include "seams.h"

static trust_status tg_add_metric(trust_evidence *evidence, const char *name, double value,
                                  trust_time time, trust_error *err)
{
    trust_metric metric = {name, value, time};
    return trust_evidence_add_metric(evidence, &metric, err);
}
*/
import "C"

import (
	"context"
	"io/fs"
	"net/netip"
	"time"
	"unsafe"
)

// Media types that are made here or read everywhere.
const (
	TypeAddress = C.TRUST_TYPE_ADDRESS
	TypeMetric  = C.TRUST_TYPE_METRIC
	TypeDidit   = C.TRUST_TYPE_DIDIT   // a Didit v3 decision document
	TypeEATCWT  = C.TRUST_TYPE_EAT_CWT // an Entity Attestation Token as a CWT (RFC 9711, RFC 9782)
)

// Evidence holds items about one device. Bytes are copied in; nothing is believed before the
// assessment. Goroutines may assess with one together, but while one changes it every other gets
// [ErrBusy].
type Evidence struct {
	handle
}

// NewEvidence makes an empty one.
func (d *Device) NewEvidence() (*Evidence, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.release()
	var evidence *C.trust_evidence
	var failed C.trust_error
	if err := check(C.trust_evidence_new(d.c(), &evidence, &failed), &failed); err != nil {
		return nil, err
	}
	e := &Evidence{}
	e.own(unsafe.Pointer(evidence), func(p unsafe.Pointer) {
		C.trust_evidence_free((*C.trust_evidence)(p))
	})
	return e, nil
}

func (e *Evidence) c() *C.trust_evidence {
	return (*C.trust_evidence)(e.pointer)
}

// Clear takes every item out, and the channel, the attempt and the request id. The memory is kept.
func (e *Evidence) Clear() error {
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	C.trust_evidence_clear(e.c())
	return nil
}

// Len is how many items it holds; 0 once it is closed.
func (e *Evidence) Len() int {
	if e.acquire() != nil {
		return 0
	}
	defer e.release()
	return int(C.trust_evidence_count(e.c()))
}

// Add adds bytes of a media type. What the device sent is [FromDevice], however it arrived. An item
// that its origin may not state is kept, shown as ignored, and counts for nothing.
func (e *Evidence) Add(origin Origin, mediaType string, data []byte) error {
	text, err := textOf(mediaType)
	if err != nil {
		return err
	}
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	var failed C.trust_error
	d := lend(data)
	return check(C.trust_evidence_add(e.c(), C.uint32_t(origin), text, unsafe.Pointer(&d[0]),
		C.size_t(len(data)), &failed), &failed)
}

// AddAddress adds the address from which the host sees the device connect. Its zone, which is the
// name of an interface of the host's own, is left out.
func (e *Evidence) AddAddress(address netip.Addr) error {
	return e.AddAddressText(address.WithZone("").String())
}

// AddAddressText adds the address from which the host sees the device connect, written out.
func (e *Evidence) AddAddressText(address string) error {
	text, err := textOf(address)
	if err != nil {
		return err
	}
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	var failed C.trust_error
	return check(C.trust_evidence_add_address(e.c(), text, &failed), &failed)
}

// AddMetric adds one measurement of behaviour that the host made; the zero time says that it was
// made when it is received.
func (e *Evidence) AddMetric(name string, value float64, at time.Time) error {
	text, err := textOf(name)
	if err != nil {
		return err
	}
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	var failed C.trust_error
	return check(C.tg_add_metric(e.c(), text, C.double(value), toTime(at), &failed), &failed)
}

// AddBundle adds the items of a JSON bundle (docs/bundle.md), all or none. Of a device's own, members
// that only the host may state count for nothing. Files that a bundle names are opened in files, nil
// when it may name none; a device's own may not.
func (e *Evidence) AddBundle(origin Origin, json []byte, files fs.FS) error {
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	c := &call{ctx: context.Background(), files: files}
	reads := C.uint32_t(0)
	if files != nil {
		reads = 1
		c.listen()
	}
	d := lend(json)
	return c.end(C.tg_evidence_add_bundle(c.c(), e.c(), C.uint32_t(origin), unsafe.Pointer(&d[0]),
		C.size_t(len(json)), reads, &c.failed))
}

// BundleDevice is the id that a bundle names in "device"; [ErrNotFound] when it names none.
func BundleDevice(json []byte) (string, error) {
	var id [C.TRUST_DEVICE_MAX_ID + 1]C.char
	var failed C.trust_error
	d := lend(json)
	status := C.trust_bundle_device(unsafe.Pointer(&d[0]), C.size_t(len(json)), &id[0],
		C.size_t(len(id)), &failed)
	if err := check(status, &failed); err != nil {
		return "", err
	}
	return C.GoString(&id[0]), nil
}

// SetChannel gives the TLS exporter value (RFC 9266) of the host's own end of the connection, at
// most 64 bytes; none for no channel.
func (e *Evidence) SetChannel(value []byte) error {
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	d := lend(value)
	return check(C.trust_evidence_set_channel(e.c(), unsafe.Pointer(&d[0]), C.size_t(len(value))), nil)
}

// SetAttempt names the attempt that the items belong to; items bound to another are misbound. Empty
// for none.
func (e *Evidence) SetAttempt(attempt string) error {
	var text *C.char
	if attempt != "" {
		var err error
		if text, err = textOf(attempt); err != nil {
			return err
		}
	}
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	return check(C.trust_evidence_set_attempt(e.c(), text), nil)
}

// SetRequestID names this assessment: repeating it gives the first outcome again for as long as that
// is valid, and teaches nothing. 1 to 64 bytes, chosen by the host, never by the device.
func (e *Evidence) SetRequestID(id []byte) error {
	if err := e.acquireAlone(); err != nil {
		return err
	}
	defer e.releaseAlone()
	d := lend(id)
	return check(C.trust_evidence_set_request_id(e.c(), unsafe.Pointer(&d[0]), C.size_t(len(id))), nil)
}
