// A web server that lets in only devices which it trusts right now: gate.go is the middleware to
// copy, main.go a program around it, gate_test.go the attacks that it has to stand.
//
// A device names itself in "Trust-Device". It is asked by
//
//	401, WWW-Authenticate: Trust nonce="..."
//
// and answers on the same TLS connection with a native token about that nonce and about the
// connection (RFC 9266), base64url, in "Authorization: Trust ...". The verdict then holds for that
// connection until it could differ. Everything in a request is hostile: the id, the token and every
// header. Of the network only what this end sees counts, the peer's address and the exporter value;
// no forwarded header is read. What fails in any way is not let through.
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	trust "libtrust.example/go"
)

const (
	answerTime = 20 * time.Second // to answer a challenge
	assessTime = 2 * time.Second  // for the store, above all
	mostTrust  = time.Minute      // after which a device that was suspended elsewhere feels it
	mostBody   = 1 << 20
	mostDevice = 255
	mostAsked  = 4096 // challenges that wait for an answer
	mostOfPeer = 64   // of them, that one peer has been asked
)

// A Gate stands before a handler. Its ConnContext belongs into the http.Server.
type Gate struct {
	Engine *trust.Engine
	Next   http.Handler

	mu    sync.Mutex
	asked map[asking]question
}

// Whoever can make a gate ask in a device's name can use up the few challenges that a device may
// have open. So one peer has one challenge for a device, however often it connects, and few in all,
// whatever names it makes up. How many peers there are is for what stands in front of this to limit.
type asking struct {
	peer   netip.Addr
	device string
}

// asking is by the address; of IPv6 by the network of it, of which one host has every address.
func (v *visit) asking() asking {
	peer := v.peer
	if peer.Is6() {
		network, _ := peer.Prefix(64)
		peer = network.Addr()
	}
	return asking{peer, v.device}
}

type question struct {
	nonce   []byte
	expires time.Time
}

// A session is what is known of one connection.
type session struct {
	mu     sync.Mutex
	device string    // that has proved to be at the other end, and is allowed
	since  time.Time // by the engine's clock, which may be set back
	until  time.Time
}

type sessionKey struct{}

// ConnContext gives every connection its own session.
func (g *Gate) ConnContext(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, sessionKey{}, &session{})
}

// A visit is one request of somebody who says to be a device.
type visit struct {
	device  string
	token   []byte // nil where there is none
	peer    netip.Addr
	channel []byte // the TLS exporter value
	session *session
}

func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v, err := visitOf(r)
	if err != nil {
		http.Error(w, "a device, a token and TLS 1.3 are needed", http.StatusBadRequest)
		return
	}
	if v.session.open(v.device, g.Engine.Now()) {
		g.pass(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), assessTime)
	defer cancel()
	if v.token == nil {
		g.ask(ctx, w, v, "Who is there? Answer the challenge.")
		return
	}
	decision, err := g.assess(ctx, v)
	switch {
	case errors.Is(err, errStranger):
		// Who has not proved to be the device learns nothing about it.
		g.ask(ctx, w, v, "This is not an answer to the challenge.")
	case err != nil:
		unavailable(w)
	case decision.Verdict() == trust.Allow:
		v.session.remember(v.device, g.Engine.Now(), decision.Info().ValidUntil)
		g.pass(w, r)
	default:
		g.refuse(ctx, w, v, decision)
	}
	if decision != nil {
		decision.Close()
	}
}

func (g *Gate) pass(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	g.Next.ServeHTTP(w, r)
}

// refuse tells the device what to do, in the words for it: they give no attacker a clue.
func (g *Gate) refuse(ctx context.Context, w http.ResponseWriter, v *visit, decision *trust.Decision) {
	text, err := decision.Explain(trust.ForSubject)
	if err != nil {
		unavailable(w)
		return
	}
	if decision.Verdict() == trust.StepUp {
		for _, step := range decision.Next() {
			w.Header().Add("Trust-Next", strings.Join(step.Signals, ", "))
		}
		g.ask(ctx, w, v, text)
		return
	}
	http.Error(w, text, http.StatusForbidden)
}

var errStranger = errors.New("not proved to be the device")

// assess is the decision about a device that is at the other end of this connection.
func (g *Gate) assess(ctx context.Context, v *visit) (*trust.Decision, error) {
	device, err := g.Engine.Open(ctx, v.device)
	if errors.Is(err, trust.ErrNotFound) || errors.Is(err, trust.ErrArgument) {
		return nil, errStranger
	}
	if err != nil {
		return nil, err
	}
	defer device.Close()
	evidence, err := v.evidence(device)
	if err != nil {
		return nil, err
	}
	defer evidence.Close()
	// Anybody may come in a device's name. A preview commits nothing: what a stranger's address and
	// token look like never counts against the device.
	preview, err := device.Preview(ctx, evidence)
	if err != nil {
		return nil, err
	}
	defer preview.Close()
	if preview.Info().Binding != trust.BindingChannel {
		return nil, errStranger
	}
	decision, err := device.Assess(ctx, evidence)
	if err != nil {
		return nil, err
	}
	// The challenge is spent now. Of two requests with one token the second gets here.
	g.forget(v.asking())
	if decision.Info().Binding != trust.BindingChannel {
		decision.Close()
		return nil, errStranger
	}
	return decision, nil
}

// evidence is what the device says, and what this end saw itself.
func (v *visit) evidence(device *trust.Device) (*trust.Evidence, error) {
	evidence, err := device.NewEvidence()
	if err != nil {
		return nil, err
	}
	err = evidence.SetChannel(v.channel)
	if err == nil {
		err = evidence.AddAddress(v.peer)
	}
	if err == nil {
		err = evidence.Add(trust.FromDevice, trust.TypeEATCWT, v.token)
	}
	if err != nil {
		evidence.Close()
		return nil, err
	}
	return evidence, nil
}

// ask sends a challenge. An unknown device is asked like any other.
func (g *Gate) ask(ctx context.Context, w http.ResponseWriter, v *visit, text string) {
	nonce, err := g.nonce(ctx, v)
	if err != nil {
		unavailable(w)
		return
	}
	w.Header().Set("WWW-Authenticate", `Trust nonce="`+base64.RawURLEncoding.EncodeToString(nonce)+`"`)
	http.Error(w, text, http.StatusUnauthorized)
}

// nonce is the open question to this peer about this device, or a new one. The lock is held all the
// while: of many requests at once the device is asked once.
func (g *Gate) nonce(ctx context.Context, v *visit) ([]byte, error) {
	key, now := v.asking(), g.Engine.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if q, ok := g.asked[key]; ok && now.Before(q.expires) {
		return q.nonce, nil
	}
	if !g.hasRoom(key.peer, now) {
		return nil, trust.ErrLimit
	}
	nonce, err := g.challenge(ctx, v.device)
	if err != nil {
		return nil, err
	}
	if g.asked == nil {
		g.asked = make(map[asking]question)
	}
	g.asked[key] = question{nonce, now.Add(answerTime)}
	return nonce, nil
}

// hasRoom tells whether a peer may be asked one thing more. What nobody answered in time is gone.
func (g *Gate) hasRoom(peer netip.Addr, now time.Time) bool {
	ofPeer := 0
	for key, q := range g.asked {
		if !now.Before(q.expires) {
			delete(g.asked, key)
		} else if key.peer == peer {
			ofPeer++
		}
	}
	return len(g.asked) < mostAsked && ofPeer < mostOfPeer
}

// challenge writes a nonce down for the device; of a device that cannot be asked it is noise.
func (g *Gate) challenge(ctx context.Context, id string) ([]byte, error) {
	device, err := g.Engine.Open(ctx, id)
	if err == nil {
		defer device.Close()
		var challenge *trust.Challenge
		challenge, err = device.Challenge(ctx, trust.ChallengeRequest{TTL: answerTime})
		if err == nil {
			defer challenge.Close()
			return challenge.Nonce(), nil
		}
	}
	if errors.Is(err, trust.ErrNotFound) || errors.Is(err, trust.ErrArgument) || errors.Is(err, trust.ErrState) {
		noise := make([]byte, 32)
		_, err = rand.Read(noise)
		return noise, err
	}
	return nil, err
}

func (g *Gate) forget(key asking) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.asked, key)
}

// open says whether a device was let in on this connection, and the verdict still holds.
func (s *session) open(device string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.device == device && !now.IsZero() && !now.Before(s.since) && now.Before(s.until)
}

func (s *session) remember(device string, now, until time.Time) {
	if soon := now.Add(mostTrust); until.After(soon) {
		until = soon
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.device, s.since, s.until = device, now, until
}

// unavailable answers every failure: the store, the clock, or another request about the same device
// that was faster (trust.ErrBusy, trust.ErrConflict). Nobody is let through, anybody may try again.
func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "Try again soon.", http.StatusServiceUnavailable)
}

// visitOf reads a request. It must be of a connection with a session and an exporter value, and have
// one name: of two, what comes after the gate could take the other.
func visitOf(r *http.Request) (*visit, error) {
	v := &visit{device: r.Header.Get("Trust-Device")}
	v.session, _ = r.Context().Value(sessionKey{}).(*session)
	if v.session == nil || v.device == "" || len(v.device) > mostDevice || r.TLS == nil ||
		len(r.Header["Trust-Device"]) != 1 {
		return nil, http.ErrNotSupported
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return nil, err
	}
	v.peer = peer.Addr().Unmap().WithZone("")
	v.channel, err = r.TLS.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
	if err != nil {
		return nil, err
	}
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && scheme == "Trust" {
		v.token, err = base64.RawURLEncoding.DecodeString(token)
	}
	return v, err
}
