package trust

// Keys, signers, manifests and tokens, and keys of the host that fail.

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// seed is an example's and no secret.
var seed = []byte("an example's key is no secret...")

func newTestSigner(t testing.TB, use Use) *Signer {
	t.Helper()
	signer, err := NewSigner(seed, use)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { signer.Close() })
	return signer
}

func TestSignerAsInGo(t *testing.T) {
	signer := newTestSigner(t, UseDevice)
	theirs := ed25519.NewKeyFromSeed(seed)
	if !theirs.Public().(ed25519.PublicKey).Equal(signer.Public()) || signer.Use() != UseDevice {
		t.Error("another public key or use")
	}
	for _, message := range [][]byte{nil, {}, []byte("a"), bytes.Repeat([]byte("long"), 5000)} {
		signature, err := signer.Sign(nil, message, crypto.Hash(0))
		if err != nil || !bytes.Equal(signature, ed25519.Sign(theirs, message)) {
			t.Errorf("%x %v", signature, err)
		}
	}
	if _, err := signer.SignFor(UsePolicy, nil); !errors.Is(err, ErrArgument) || !strings.Contains(err.Error(), "another use") {
		t.Error(err)
	}
	if _, err := signer.Sign(nil, nil, crypto.SHA512); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	signer.Close()
	if _, err := signer.Sign(nil, nil, nil); err != ErrClosed {
		t.Error(err)
	}
}

func TestGenerateKeyAsInGo(t *testing.T) {
	secret, public, err := GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(secret)
	theirs, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ReadSigner(secret, UseLog)
	if err != nil {
		t.Fatal(err)
	}
	defer signer.Close()
	if !theirs.(ed25519.PrivateKey).Public().(ed25519.PublicKey).Equal(signer.Public()) {
		t.Error("Go reads another key")
	}
	key, err := ReadPublicKey(public)
	keys, more := ReadPublicKeys(append(public, public...))
	if err != nil || more != nil || len(keys) != 2 || !key.Equal(signer.Public()) || !keys[1].Equal(key) {
		t.Error(key, keys, err, more)
	}
}

// hostKey is a key of the host's, which fails as it is told.
type hostKey struct {
	ed25519.PrivateKey
	fail func() ([]byte, error)
}

func (k hostKey) Sign(random io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.fail != nil {
		return k.fail()
	}
	return k.PrivateKey.Sign(random, message, opts)
}

func TestHostSigner(t *testing.T) {
	key := hostKey{PrivateKey: ed25519.NewKeyFromSeed(seed)}
	broken := errors.New("the token was pulled out")
	make := func(fail func() ([]byte, error), use Use) *Signer {
		key.fail = fail
		signer, err := NewHostSigner(key, use)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { signer.Close() })
		return signer
	}
	claims := Claims{Nonce: seed}
	own, err := Attest(newTestSigner(t, UseDevice), claims)
	theirs, wrong := Attest(make(nil, UseDevice), claims)
	if err != nil || wrong != nil || !bytes.Equal(own, theirs) {
		t.Error("the host's key makes another token", err, wrong)
	}
	fails := func() ([]byte, error) { return nil, broken }
	lies := func() ([]byte, error) { return seed, nil }
	for name, call := range map[string]func(*Signer) error{
		"sign":     func(s *Signer) error { _, err := s.SignFor(s.Use(), seed); return err },
		"attest":   func(s *Signer) error { _, err := Attest(s, claims); return err },
		"manifest": func(s *Signer) error { _, err := SignManifest(Manifest{Kind: "mud", ID: "x"}, seed, s); return err },
	} {
		use := UseDevice
		if name == "manifest" {
			use = UseDocument
		}
		if err := call(make(fails, use)); !errors.Is(err, ErrHost) || !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		if err := call(make(lies, use)); !errors.Is(err, ErrHost) {
			t.Errorf("%s: %v", name, err)
		}
		func() {
			defer func() {
				if value := recover(); value != broken {
					t.Errorf("%s: %v", name, value)
				}
			}()
			t.Error(name, call(make(func() ([]byte, error) { panic(broken) }, use)))
		}()
	}
	if _, err := NewHostSigner(nil, UseDevice); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := NewHostSigner(key, 99); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

func TestGenerateKeyFrom(t *testing.T) {
	one, public, err := GenerateKey(bytes.NewReader(seed))
	two, _, wrong := GenerateKey(bytes.NewReader(seed))
	if err != nil || wrong != nil || !bytes.Equal(one, two) || bytes.Contains(public, []byte("PRIVATE")) {
		t.Error(err, wrong)
	}
	if _, _, err := GenerateKey(bytes.NewReader(seed[:9])); !errors.Is(err, ErrHost) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

func TestKeysRefuse(t *testing.T) {
	if _, err := NewSigner(seed[:31], UseDevice); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := NewSigner(seed, 99); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := ReadSigner(nil, UseDevice); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	if _, err := ReadPublicKey(make([]byte, 32)); err == nil {
		t.Error("a key of small order was read")
	}
	if _, err := ReadPublicKeys(nil); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	document := readExample(t, "policies/consumer.json")
	if _, err := LoadPolicy(document, nil, []ed25519.PublicKey{seed[:8]}, noon); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

func TestManifest(t *testing.T) {
	document := readExample(t, "policies/consumer.json")
	signer := newTestSigner(t, UsePolicy)
	said := Manifest{Kind: "policy", ID: "consumer", Revision: 1, Expires: noon.Add(time.Hour)}
	text, err := SignManifest(said, document, signer)
	if err != nil {
		t.Fatal(err)
	}
	keys := []ed25519.PublicKey{make([]byte, 32), signer.Public().(ed25519.PublicKey)}
	read, err := VerifyManifest([]byte(text), keys, "policy", document, noon)
	if err != nil || read.ID != "consumer" || read.Revision != 1 || !read.Expires.Equal(said.Expires) || !read.NotBefore.IsZero() {
		t.Errorf("%+v %v", read, err)
	}
	policy, err := LoadPolicy(document, []byte(text), keys, noon)
	if err != nil {
		t.Fatal(err)
	}
	defer policy.Close()
	if info, err := policy.Info(); err != nil || !info.Signed {
		t.Errorf("%+v %v", info, err)
	}
	for want, load := range map[Status]func() (*Policy, error){
		ErrSignature: func() (*Policy, error) { return LoadPolicy(document, []byte(text), keys[:1], noon) },
		ErrState:     func() (*Policy, error) { return LoadPolicy(document, []byte(text), keys, said.Expires) },
		ErrIntegrity: func() (*Policy, error) { return LoadPolicy(append(document, '\n'), []byte(text), keys, noon) },
		ErrArgument:  func() (*Policy, error) { return LoadPolicy(document, []byte(text), nil, noon) },
		ErrFormat:    func() (*Policy, error) { return LoadPolicy(document, nil, keys, noon) },
	} {
		if _, err := load(); !errors.Is(err, want) {
			t.Errorf("%v: %v", want, err)
		}
	}
	if _, err := LoadPolicy(document, []byte(text), keys, time.Time{}); !errors.Is(err, ErrState) {
		t.Error("no time is good enough for a manifest that ends")
	}
	if _, err := SignManifest(said, document, newTestSigner(t, UseDocument)); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := SignManifest(said, document, nil); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	said.ID = string(make([]byte, 64))
	if _, err := SignManifest(said, document, signer); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := VerifyManifest([]byte(text), keys, "pol\x00icy", document, noon); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

func TestAttest(t *testing.T) {
	signer := newTestSigner(t, UseDevice)
	count := int64(7)
	claims := Claims{
		Nonce:      bytes.Repeat([]byte{1}, 32),
		Components: []Component{{Name: "app", Version: "2.4.1", Digest: make([]byte, 32)}},
		IssuedAt:   noon, BootCount: &count, Debug: DebugDisabled, SecureBoot: BootSecure,
		Verifier: "gate", Channel: make([]byte, 32),
	}
	token, err := Attest(signer, claims)
	again, wrong := Attest(signer, claims)
	if err != nil || wrong != nil || len(token) < 100 || !bytes.Equal(token, again) {
		t.Errorf("%x %v %v", token, err, wrong)
	}
	if _, err := Attest(nil, claims); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	for _, spoil := range []func(*Claims){
		func(c *Claims) { c.Nonce = nil },
		func(c *Claims) { c.Purpose = "\x00" },
		func(c *Claims) { c.Components = make([]Component, 17) },
		func(c *Claims) { c.Channel = make([]byte, 31) },
		func(c *Claims) { c.Debug = 99 },
		func(c *Claims) { n := int64(-2); c.BootCount = &n },
	} {
		spoilt := claims
		spoil(&spoilt)
		if _, err := Attest(signer, spoilt); !errors.Is(err, ErrArgument) {
			t.Errorf("%+v: %v", spoilt, err)
		}
	}
	if _, err := Attest(newTestSigner(t, UseLog), claims); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
}

func TestSignerClosedBesideUse(t *testing.T) {
	signer := newTestSigner(t, UseDevice)
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for {
				if _, err := signer.SignFor(UseDevice, seed); err != nil {
					if err != ErrClosed {
						t.Error(err)
					}
					return
				}
			}
		}()
	}
	signer.Close()
	all.Wait()
}

func FuzzReadKeys(f *testing.F) {
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\n"))
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if keys, err := ReadPublicKeys(data); err == nil && len(keys) == 0 {
			t.Error("no keys, and no error")
		}
		if signer, err := ReadSigner(data, UseDevice); err == nil {
			signer.Close()
		}
	})
}
