package trust

// A key that the host holds: an HSM, a TPM, or any crypto.Signer of Ed25519.

/*
#include "seams.h"
*/
import "C"

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"runtime/cgo"
	"unsafe"
)

// NewHostSigner signs with a key that the host holds: any [crypto.Signer] of Ed25519. What it signs
// is verified before it is handed on. An error of key is wrapped in the error of the call that
// needed the signature, and a panic goes on there.
func NewHostSigner(key crypto.Signer, use Use) (*Signer, error) {
	if key == nil {
		return nil, refuse(ErrArgument, "a signer needs a key")
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok || len(public) != ed25519.PublicKeySize {
		return nil, refuse(ErrUnsupported, "a signer signs with Ed25519 only")
	}
	number := cgo.NewHandle(key)
	var signer *C.trust_signer
	status := C.tg_signer_new(C.uintptr_t(number), (*C.uint8_t)(unsafe.Pointer(&public[0])),
		C.uint32_t(use), &signer)
	if err := check(status, nil); err != nil {
		number.Delete()
		return nil, because(err, ErrArgument, "there is no such use")
	}
	return newSigner(signer), nil
}

//export goSign
func goSign(number, user C.uintptr_t, data unsafe.Pointer, size C.size_t, out *C.uint8_t) C.trust_status {
	return answer(number, ErrHost, func(*call) error {
		signer := cgo.Handle(user).Value().(crypto.Signer)
		signature, err := signer.Sign(rand.Reader, copyOf(data, size), crypto.Hash(0))
		if err != nil {
			return err
		}
		if len(signature) != ed25519.SignatureSize {
			return refuse(ErrHost, "an Ed25519 signature has 64 bytes")
		}
		copy(unsafe.Slice((*byte)(out), ed25519.SignatureSize), signature)
		return nil
	})
}

//export goSignerGone
func goSignerGone(user C.uintptr_t) {
	cgo.Handle(user).Delete()
}
