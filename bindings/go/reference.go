package trust

// Reference values: which measurements a class of device may report. The document is untrusted.

// #include <trust/reference.h>
import "C"

import "unsafe"

// Reference is a set of reference values. It never changes: any number of goroutines may use one.
type Reference struct {
	handle
}

// LoadReferenceUnsigned reads a reference document whose authenticity the caller answers for.
func LoadReferenceUnsigned(document []byte) (*Reference, error) {
	var reference *C.trust_reference
	var failed C.trust_error
	d := lend(document)
	status := C.trust_reference_load_unsigned(unsafe.Pointer(&d[0]), C.size_t(len(document)), nil,
		&reference, &failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	r := new(Reference)
	r.own(unsafe.Pointer(reference), func(p unsafe.Pointer) {
		C.trust_reference_free((*C.trust_reference)(p))
	})
	return r, nil
}

func (r *Reference) c() *C.trust_reference { return (*C.trust_reference)(r.pointer) }

// Count is how many values it holds.
func (r *Reference) Count() (int, error) {
	if err := r.acquire(); err != nil {
		return 0, err
	}
	defer r.release()
	return int(C.trust_reference_count(r.c())), nil
}
