package trust

// Keys: public keys to verify with, signers to sign with.

// #include <trust/key.h>
import "C"

import (
	"crypto/ed25519"
)

// keysOf are keys as C reads them, one behind the other, and a spare one to point at.
func keysOf(keys []ed25519.PublicKey) ([][32]C.uint8_t, error) {
	out := make([][32]C.uint8_t, len(keys)+1)
	for i, key := range keys {
		if len(key) != len(out[i]) {
			return nil, refuse(ErrArgument, "an Ed25519 public key has 32 bytes")
		}
		for j, b := range key {
			out[i][j] = C.uint8_t(b)
		}
	}
	return out, nil
}
