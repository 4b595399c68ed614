package trust

// What an engine is made of.

import (
	"io"
	"net/http"
	"time"
)

// An Option is one part of an [Engine]. Of two of a kind the last counts.
//
// The functions that options take are called from any number of goroutines at once, on the goroutine
// of the call that needs them. They must not call back into the engine, nor end the goroutine
// (runtime.Goexit, which t.Fatal does). A panic in one goes on in the call that needed it.
type Option func(*parts)

// parts is what an engine is to be made of.
type parts struct {
	host      *host
	memory    *MemoryStore
	verifier  string
	policy    *Policy
	unsigned  bool
	table     *Table
	reference *Reference
}

// WithClock takes the time from clock; the zero time says that it cannot tell, and then no device
// can be allowed. Without this option it is the system's.
func WithClock(clock func() time.Time) Option {
	return func(p *parts) { p.host.clock = clock }
}

// WithRandom takes the bytes of nonces from random. Without this option they are the system's.
func WithRandom(random io.Reader) Option {
	return func(p *parts) { p.host.random = random }
}

// WithLogger is told what no return value tells: one line, without secrets and personal data.
func WithLogger(log func(level Level, line string)) Option {
	return func(p *parts) { p.host.log = log }
}

// WithTransport makes requests with transport. No signal of this version makes one.
func WithTransport(transport http.RoundTripper) Option {
	return func(p *parts) { p.host.transport = transport }
}

// WithStore keeps records in store. Without it they are in memory.
func WithStore(store Store) Option {
	return func(p *parts) { p.host.store, p.memory = store, nil }
}

// WithMemoryStore keeps records in a store that other engines may share.
func WithMemoryStore(store *MemoryStore) Option {
	return func(p *parts) { p.host.store, p.memory = nil, store }
}

// WithSigner lends the engine a key. No call of this version signs.
func WithSigner(signer *Signer) Option {
	return func(p *parts) { p.host.signer = signer }
}

// WithVerifier names the engine: what devices bind their answers to, at most 63 bytes.
func WithVerifier(name string) Option {
	return func(p *parts) { p.verifier = name }
}

// WithPolicy weighs with policy, as [Engine.UsePolicy] would.
func WithPolicy(policy *Policy) Option {
	return func(p *parts) { p.policy, p.unsigned = policy, false }
}

// WithUnsignedPolicy weighs with policy, as [Engine.UsePolicyUnsigned] would.
func WithUnsignedPolicy(policy *Policy) Option {
	return func(p *parts) { p.policy, p.unsigned = policy, true }
}

// WithTable looks addresses up in table.
func WithTable(table *Table) Option {
	return func(p *parts) { p.table = table }
}

// WithReference compares measurements with reference.
func WithReference(reference *Reference) Option {
	return func(p *parts) { p.reference = reference }
}
