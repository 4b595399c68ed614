package trust

/*
#include <trust/key.h>
#include <trust/reference.h>
#include <trust/table.h>
*/
import "C"

type Table struct{ handle }

func (t *Table) c() *C.trust_table { return (*C.trust_table)(t.pointer) }

type Reference struct{ handle }

func (r *Reference) c() *C.trust_reference { return (*C.trust_reference)(r.pointer) }

type Signer struct{ handle }

func (s *Signer) c() *C.trust_signer { return (*C.trust_signer)(s.pointer) }
