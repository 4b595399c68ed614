package trust

// How the bytes of a caller are lent to one call.

// nothing is what an empty slice is lent as: C reads none of it.
var nothing = make([]byte, 1)

// lend gives data with at least one byte to point at. It stands in the call itself, as
// C.call(unsafe.Pointer(&d[0]), C.size_t(len(data))): only of that form does cgo know that bytes
// are passed. Of a pointer made before the call it would look at the whole object that the bytes
// lie in, and refuse a buffer inside a struct that also holds pointers.
func lend(data []byte) []byte {
	if len(data) == 0 {
		return nothing
	}
	return data
}
