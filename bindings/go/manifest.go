package trust

// Manifests: who vouches for a document, which revision it is, and when it holds. Text and document
// are untrusted.

// #include "seams.h"
import "C"

import (
	"crypto/ed25519"
	"time"
	"unsafe"
)

// Manifest is what a manifest says about a document.
type Manifest struct {
	Kind      string    // "policy", "reference", "table", "mud", ...
	ID        string    // the document's own id
	Revision  uint64    // rises with every change
	NotBefore time.Time // the first moment; zero: always
	Expires   time.Time // the first moment after it; zero or Never: never
	Digest    [32]byte  // SHA-256 of the document; not read when signing
}

// manifestRoom holds every manifest, its newline and its NUL.
const manifestRoom = C.TRUST_MANIFEST_MAX_BYTES + 2

const neededOfManifest = "a kind and an id are of [a-z0-9_.-], a revision is below 2**53, it begins before it " +
	"expires, and the signer is of UsePolicy for the kind \"policy\", of UseDocument for others"

// SignManifest signs what a manifest says about a document, with a signer of UsePolicy for the kind
// "policy" and of UseDocument for others. It gives one line of text.
func SignManifest(manifest Manifest, document []byte, signer *Signer) (string, error) {
	in := C.trust_manifest{
		revision:   C.uint64_t(manifest.Revision),
		not_before: toTime(manifest.NotBefore),
		expires:    C.TRUST_TIME_NEVER,
	}
	in.size = C.size_t(unsafe.Sizeof(in))
	if !manifest.Expires.IsZero() {
		in.expires = toTime(manifest.Expires)
	}
	if !fill(in.kind[:], manifest.Kind) || !fill(in.id[:], manifest.ID) {
		return "", refuse(ErrArgument, "a kind has at most 31 bytes and an id 63")
	}
	d := lend(document)
	var out [manifestRoom]byte
	c, err := signer.begin()
	if err != nil {
		return "", err
	}
	var need C.size_t
	status := C.tg_manifest_sign(c.c(), &in, unsafe.Pointer(&d[0]), C.size_t(len(document)), signer.c(),
		(*C.char)(unsafe.Pointer(&out)), C.size_t(len(out)), &need)
	if err := c.end(status); err != nil {
		return "", because(err, ErrArgument, neededOfManifest)
	}
	return string(out[:need]), nil
}

// VerifyManifest verifies a manifest and what it says about a document: that one of the keys signed
// it, that the document is of this kind and has these bytes, and that it holds now. A zero now
// refuses a manifest that begins or ends at a time.
func VerifyManifest(text []byte, keys []ed25519.PublicKey, kind string, document []byte, now time.Time) (Manifest, error) {
	raw, err := keysOf(keys)
	if err != nil {
		return Manifest{}, err
	}
	wanted, err := textOf(kind)
	if err != nil {
		return Manifest{}, err
	}
	var out C.trust_manifest
	var failed C.trust_error
	out.size = C.size_t(unsafe.Sizeof(out))
	m, d := lend(text), lend(document)
	status := C.trust_manifest_verify(unsafe.Pointer(&m[0]), C.size_t(len(text)), &raw[0],
		C.size_t(len(keys)), wanted, unsafe.Pointer(&d[0]), C.size_t(len(document)), toTime(now), &out,
		&failed)
	if err := check(status, &failed); err != nil {
		return Manifest{}, err
	}
	return Manifest{
		Kind:      C.GoString(&out.kind[0]),
		ID:        C.GoString(&out.id[0]),
		Revision:  uint64(out.revision),
		NotBefore: fromTime(out.not_before),
		Expires:   fromTime(out.expires),
		Digest:    *(*[32]byte)(unsafe.Pointer(&out.digest)),
	}, nil
}

// fill writes a text and its NUL; false when that does not fit or the text holds a NUL.
func fill(to []C.char, text string) bool {
	if len(text) >= len(to) {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] == 0 {
			return false
		}
		to[i] = C.char(text[i])
	}
	return true
}
