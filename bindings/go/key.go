package trust

// Keys: public keys to verify with, signers to sign with. Each signer has one permitted use.

// #include "seams.h"
import "C"

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"io"
	"runtime/cgo"
	"unsafe"
)

// Use is what a signer may sign.
type Use uint32

const (
	UseDevice   Use = C.TRUST_USE_DEVICE   // a device's own attestation key
	UsePolicy   Use = C.TRUST_USE_POLICY   // policy documents
	UseLog      Use = C.TRUST_USE_LOG      // checkpoints of the audit log
	UseGrant    Use = C.TRUST_USE_GRANT    // provisioning grants
	UseOperator Use = C.TRUST_USE_OPERATOR // acts of an operator
	UseDocument Use = C.TRUST_USE_DOCUMENT // every other document: reference values, tables, lists
)

// mostKeys is how many keys one file may hold: PEM of 16 KiB has no room for more.
const mostKeys = 256

// ReadPublicKey reads one Ed25519 public key: 32 raw bytes, or a SubjectPublicKeyInfo (RFC 8410) in
// DER or PEM. A key that no honest pair can have is refused.
func ReadPublicKey(data []byte) (ed25519.PublicKey, error) {
	key := make(ed25519.PublicKey, ed25519.PublicKeySize)
	var failed C.trust_error
	d := lend(data)
	status := C.trust_key_read_public(unsafe.Pointer(&d[0]), C.size_t(len(data)),
		(*C.uint8_t)(unsafe.Pointer(&key[0])), &failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	return key, nil
}

// ReadPublicKeys reads one or more of them: the blocks of a PEM text, else one key.
func ReadPublicKeys(data []byte) ([]ed25519.PublicKey, error) {
	out := make([][32]C.uint8_t, mostKeys)
	var count C.size_t
	var failed C.trust_error
	d := lend(data)
	status := C.trust_keys_read_public(unsafe.Pointer(&d[0]), C.size_t(len(data)), &out[0],
		C.size_t(len(out)), &count, &failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	keys := make([]ed25519.PublicKey, int(count))
	for i := range keys {
		keys[i] = copyOf(unsafe.Pointer(&out[i]), ed25519.PublicKeySize)
	}
	return keys, nil
}

// keysOf are keys as C reads them, one behind the other, and a spare one to point at.
func keysOf(keys []ed25519.PublicKey) ([][32]C.uint8_t, error) {
	out := make([][32]C.uint8_t, len(keys)+1)
	for i, key := range keys {
		if len(key) != ed25519.PublicKeySize {
			return nil, refuse(ErrArgument, "an Ed25519 public key has 32 bytes")
		}
		copy((*[32]byte)(unsafe.Pointer(&out[i]))[:], key)
	}
	return out, nil
}

// Signer is a key that signs, held by the library in locked memory, or elsewhere by the host. Any
// number of goroutines may use one. It is a [crypto.Signer].
type Signer struct {
	handle
	public ed25519.PublicKey
	use    Use
}

var _ crypto.Signer = (*Signer)(nil)

func newSigner(signer *C.trust_signer) *Signer {
	s := new(Signer)
	s.public = make(ed25519.PublicKey, ed25519.PublicKeySize)
	C.trust_signer_public_key(signer, (*C.uint8_t)(unsafe.Pointer(&s.public[0])))
	s.use = Use(C.trust_signer_use(signer))
	s.own(unsafe.Pointer(signer), func(p unsafe.Pointer) { C.trust_signer_free((*C.trust_signer)(p)) })
	return s
}

func (s *Signer) c() *C.trust_signer { return (*C.trust_signer)(s.pointer) }

// NewSigner signs with an Ed25519 seed of 32 bytes, which is copied into locked memory and wiped on
// Close.
func NewSigner(seed []byte, use Use) (*Signer, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, refuse(ErrArgument, "an Ed25519 seed has 32 bytes")
	}
	var signer *C.trust_signer
	status := C.trust_signer_new_seed((*C.uint8_t)(unsafe.Pointer(&seed[0])), C.uint32_t(use), &signer)
	if err := check(status, nil); err != nil {
		return nil, because(err, ErrArgument, "there is no such use")
	}
	return newSigner(signer), nil
}

// ReadSigner reads the seed from PKCS #8 (RFC 8410) in DER or PEM, or 32 raw bytes.
func ReadSigner(data []byte, use Use) (*Signer, error) {
	var signer *C.trust_signer
	var failed C.trust_error
	d := lend(data)
	status := C.trust_signer_read(unsafe.Pointer(&d[0]), C.size_t(len(data)), C.uint32_t(use), &signer,
		&failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	return newSigner(signer), nil
}

// Public is its ed25519.PublicKey, also after Close.
func (s *Signer) Public() crypto.PublicKey {
	return append(ed25519.PublicKey(nil), s.public...)
}

// Use is what it may sign.
func (s *Signer) Use() Use { return s.use }

// Sign signs a message that is of the signer's use, not hashed: opts is crypto.Hash(0) or nil. The
// random source is not used.
func (s *Signer) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts != nil && opts != crypto.Hash(0) {
		return nil, refuse(ErrUnsupported, "a signer signs with pure Ed25519 only")
	}
	return s.SignFor(s.use, message)
}

// SignFor signs a message of a use. A signer of another use is refused.
func (s *Signer) SignFor(use Use, message []byte) ([]byte, error) {
	c, err := s.begin()
	if err != nil {
		return nil, err
	}
	signature := make([]byte, ed25519.SignatureSize)
	d := lend(message)
	status := C.tg_signer_sign(c.c(), s.c(), C.uint32_t(use), unsafe.Pointer(&d[0]),
		C.size_t(len(message)), (*C.uint8_t)(unsafe.Pointer(&signature[0])))
	if err := c.end(status); err != nil {
		return nil, because(err, ErrArgument, "the signer is of another use")
	}
	return signature, nil
}

// begin is a call in which the signer signs, with a key of the host's perhaps.
func (s *Signer) begin() (*call, error) {
	if s == nil {
		return nil, refuse(ErrArgument, "there is no signer")
	}
	c, err := (*host)(nil).begin(context.Background(), &s.handle)
	if err == nil {
		c.listen()
	}
	return c, err
}

// GenerateKey makes a new key pair: PKCS #8 PEM for the secret, which the caller wipes, and
// SubjectPublicKeyInfo PEM for the public half. A nil random is the system's source.
func GenerateKey(random io.Reader) (secretPEM, publicPEM []byte, err error) {
	c := &call{ctx: context.Background()}
	c.listen()
	var source cgo.Handle
	if random != nil {
		source = cgo.NewHandle(&host{random: random})
		defer source.Delete()
	}
	var secret, public [256]byte
	status := C.tg_keygen(c.c(), C.uintptr_t(source), (*C.char)(unsafe.Pointer(&secret)),
		C.size_t(len(secret)), (*C.char)(unsafe.Pointer(&public)), C.size_t(len(public)))
	secretPEM, publicPEM = untilNUL(secret[:]), untilNUL(public[:])
	secret = [256]byte{}
	if err := c.end(status); err != nil {
		return nil, nil, err
	}
	return secretPEM, publicPEM, nil
}

func untilNUL(text []byte) []byte {
	for i, b := range text {
		if b == 0 {
			return append([]byte(nil), text[:i]...)
		}
	}
	return nil
}
