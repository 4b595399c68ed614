package trust

// How bytes and text cross into C and back.

/*
#include <stdlib.h>
#include <trust/status.h>
*/
import "C"

import (
	"strings"
	"unsafe"
)

// textOf is text with a NUL at its end, for the length of one call. C would read only what stands
// before a NUL, so text that holds one is refused.
func textOf(text string) (*C.char, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return nil, refuse(ErrArgument, "a text must not hold a NUL")
	}
	data := make([]byte, len(text)+1)
	copy(data, text)
	return (*C.char)(unsafe.Pointer(&data[0])), nil
}

// readText lets C write a text: a guess first, and then as much as it asks for.
func readText(write func(out *C.char, capacity C.size_t, need *C.size_t) C.trust_status) (string, error) {
	text, err := readBytes(2048, write)
	return string(text), err
}

func readBytes(guess int, write func(out *C.char, capacity C.size_t, need *C.size_t) C.trust_status) ([]byte, error) {
	for {
		out := make([]byte, guess)
		need := C.size_t(0)
		status := write((*C.char)(unsafe.Pointer(&out[0])), C.size_t(guess), &need)
		if status == C.TRUST_OK {
			return out[:need:need], nil
		}
		if status != C.TRUST_E_LIMIT || need < C.size_t(guess) {
			return nil, check(status, nil)
		}
		guess = int(need) + 1
	}
}

// viewOf copies a view of bytes that C owns.
func viewOf(view C.trust_bytes) []byte {
	return copyOf(unsafe.Pointer(view.data), view.size)
}

// copyOf copies bytes that C owns.
func copyOf(data unsafe.Pointer, size C.size_t) []byte {
	out := make([]byte, int(size))
	if size > 0 {
		copy(out, unsafe.Slice((*byte)(data), int(size)))
	}
	return out
}

// A scratch is memory of C for the length of one call: for what C reaches through a pointer inside a
// struct, where no pointer of Go may stand. Its first failure is kept in err.
type scratch struct {
	pieces []unsafe.Pointer
	err    error
}

// alloc is zeroed memory, or nil once something failed.
func (s *scratch) alloc(count int, size uintptr) unsafe.Pointer {
	if s.err != nil || count == 0 {
		return nil
	}
	piece := C.calloc(C.size_t(count), C.size_t(size))
	if piece == nil {
		s.err = refuse(ErrNoMemory, "no memory")
		return nil
	}
	s.pieces = append(s.pieces, piece)
	return piece
}

func (s *scratch) copy(text string) unsafe.Pointer {
	piece := s.alloc(len(text)+1, 1)
	if piece != nil {
		copy(unsafe.Slice((*byte)(piece), len(text)), text)
	}
	return piece
}

// text is a text with a NUL at its end. One that holds a NUL is refused.
func (s *scratch) text(text string) *C.char {
	if s.err == nil && strings.IndexByte(text, 0) >= 0 {
		s.err = refuse(ErrArgument, "a text must not hold a NUL")
	}
	return (*C.char)(s.copy(text))
}

// optional is NULL for an empty text.
func (s *scratch) optional(text string) *C.char {
	if text == "" {
		return nil
	}
	return s.text(text)
}

// bytes is a view of a copy.
func (s *scratch) bytes(data []byte) C.trust_bytes {
	if len(data) == 0 {
		return C.trust_bytes{}
	}
	piece := s.alloc(len(data), 1)
	if piece == nil {
		return C.trust_bytes{}
	}
	copy(unsafe.Slice((*byte)(piece), len(data)), data)
	return C.trust_bytes{data: (*C.uint8_t)(piece), size: C.size_t(len(data))}
}

func (s *scratch) free() {
	for _, piece := range s.pieces {
		C.free(piece)
	}
	s.pieces = nil
}
