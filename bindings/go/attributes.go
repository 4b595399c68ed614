package trust

// Registered facts about a device, as a list that C reads.

// #include <trust/policy.h>
import "C"

import (
	"sort"
	"unsafe"
)

// attributes is a list of names and values, in the order of the names.
func (s *scratch) attributes(attributes map[string]string) (*C.trust_attribute, C.size_t) {
	count := len(attributes)
	list := (*C.trust_attribute)(s.alloc(count, unsafe.Sizeof(C.trust_attribute{})))
	if list == nil {
		return nil, 0
	}
	names := make([]string, 0, count)
	for name := range attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	all := unsafe.Slice(list, count)
	for i, name := range names {
		all[i].name = s.text(name)
		all[i].value = s.text(attributes[name])
	}
	return list, C.size_t(count)
}
