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
