package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	trust "libtrust.example/go"
)

const pump = "urn:dev:ops:32473-pump"

// A world is the server over loopback, with one device enrolled. Who connects from 127.0.0.2 is seen
// coming from 45.140.8.2, which has a bad name, from 127.0.0.3 with an odd one.
type world struct {
	*httptest.Server
	engine *trust.Engine
	key    *trust.Signer
	served atomic.Int64
	ahead  atomic.Int64 // by how much the gate's clock runs ahead
}

func newWorld(t *testing.T) *world {
	t.Helper()
	folder := t.TempDir()
	secret, public, err := trust.GenerateKey(rand.Reader)
	write(t, folder, "blocked.txt", []byte("45.140.8.2\n45.140.8.3 50\n"), err)
	write(t, folder, "pump.pub", public, nil)
	w := &world{}
	if w.key, err = trust.ReadSigner(secret, trust.UseDevice); err != nil {
		t.Fatal(err)
	}
	w.engine, err = newEngine("policy.json", filepath.Join(folder, "blocked.txt"), trust.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(w.ahead.Load()))
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := enroll(w.engine, pump+"="+filepath.Join(folder, "pump.pub")); err != nil {
		t.Fatal(err)
	}
	server := newServer(w.engine, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(out, "too much", http.StatusRequestEntityTooLarge)
			return
		}
		w.served.Add(1)
		fmt.Fprint(out, "come in")
	}))
	w.Server = httptest.NewUnstartedServer(server.Handler)
	w.Config.ConnContext = server.ConnContext
	w.TLS = server.TLSConfig
	w.Listener = elsewhere{w.Listener}
	w.StartTLS()
	t.Cleanup(func() { w.Close(); w.engine.Close(); w.key.Close() })
	return w
}

// elsewhere is a network in which 127.0.0.N is 45.140.8.N.
type elsewhere struct{ net.Listener }

type movedConn struct{ net.Conn }

func (l elsewhere) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	return movedConn{connection}, err
}

func (c movedConn) RemoteAddr() net.Addr {
	address := *c.Conn.RemoteAddr().(*net.TCPAddr)
	address.IP = net.IPv4(45, 140, 8, address.IP.To4()[3])
	return &address
}

func write(t *testing.T, folder, name string, data []byte, err error) {
	t.Helper()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A visitor is a client with one connection, on which it can do what a device does.
type visitor struct {
	t       *testing.T
	w       *world
	http    http.Client
	id      string
	also    []string // further names in the same request
	key     *trust.Signer
	mu      sync.Mutex
	channel []byte
}

func (w *world) visitor(t *testing.T, from string) *visitor {
	v := &visitor{t: t, w: w, id: pump, key: w.key}
	transport := &http.Transport{MaxConnsPerHost: 1, DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialer := tls.Dialer{
			NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}},
			Config:    w.Client().Transport.(*http.Transport).TLSClientConfig,
		}
		connection, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		state := connection.(*tls.Conn).ConnectionState()
		v.mu.Lock()
		defer v.mu.Unlock()
		v.channel, err = state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		return connection, err
	}}
	v.http.Transport = transport
	t.Cleanup(transport.CloseIdleConnections)
	return v
}

// An answer is what the server said.
type answer struct {
	status int
	text   string
	header http.Header
}

func (v *visitor) get(token []byte, headers ...string) answer {
	v.t.Helper()
	return v.send(http.MethodGet, nil, token, headers...)
}

func (v *visitor) send(method string, body io.Reader, token []byte, headers ...string) answer {
	v.t.Helper()
	request, err := http.NewRequest(method, v.w.URL, body)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Trust-Device", v.id)
	if token != nil {
		request.Header.Set("Authorization", "Trust "+base64.RawURLEncoding.EncodeToString(token))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	for _, also := range v.also {
		request.Header.Add("Trust-Device", also)
	}
	response, err := v.http.Do(request)
	if err != nil {
		v.t.Error(err)
		return answer{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Error(err)
	}
	return answer{response.StatusCode, string(text), response.Header}
}

// token answers the challenge of a refusal.
func (v *visitor) token(a answer) []byte {
	v.t.Helper()
	quoted := strings.TrimPrefix(a.header.Get("WWW-Authenticate"), "Trust nonce=")
	nonce, err := base64.RawURLEncoding.DecodeString(strings.Trim(quoted, `"`))
	if err != nil || len(nonce) != 32 {
		v.t.Fatalf("no challenge: %+v", a)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	token, err := trust.Attest(v.key, trust.Claims{Nonce: nonce, Channel: v.channel})
	if err != nil {
		v.t.Fatal(err)
	}
	return token
}

func expect(t *testing.T, what string, a answer, status int) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: %d, not %d: %s", what, a.status, status, a.text)
	}
}

func TestAllowed(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, "127.0.0.1")
	asked := v.get(nil)
	expect(t, "nobody yet", asked, 401)
	if w.served.Load() != 0 {
		t.Error("the handler ran for nobody")
	}
	expect(t, "its answer", v.get(v.token(asked)), 200)
	expect(t, "the same connection", v.get(nil), 200)
	expect(t, "a body", v.send(http.MethodPost, strings.NewReader("a reading"), nil), 200)
	expect(t, "another name on it", v.get(nil, "Trust-Device", "urn:dev:ops:32473-valve"), 401)
	v.also = []string{"urn:dev:ops:32473-valve"}
	expect(t, "two names on it", v.get(nil), 400)
	v.also = nil
	expect(t, "another connection", w.visitor(t, "127.0.0.1").get(nil), 401)
	w.ahead.Store(-int64(time.Hour))
	expect(t, "a clock that was set back", v.get(nil), 401)
	w.ahead.Store(int64(mostTrust - time.Second))
	expect(t, "nearly a minute later", v.get(nil), 200)
	expect(t, "a body without end", v.send(http.MethodPost, io.LimitReader(zeros{}, 2*mostBody), nil), 413)
	v = w.visitor(t, "127.0.0.1")
	expect(t, "its answer, again", v.get(v.token(v.get(nil))), 200)
	w.ahead.Store(int64(2 * mostTrust))
	expect(t, "more than a minute later", v.get(nil), 401)
	expect(t, "its answer, on the same connection", v.get(v.token(v.get(nil))), 200)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestForgedToken(t *testing.T) {
	w := newWorld(t)
	secret, _, err := trust.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	forger := w.visitor(t, "127.0.0.1")
	if forger.key, err = trust.ReadSigner(secret, trust.UseDevice); err != nil {
		t.Fatal(err)
	}
	defer forger.key.Close()
	asked := forger.get(nil)
	forged := forger.get(forger.token(asked))
	expect(t, "another key", forged, 401)
	expect(t, "no token at all", forger.get([]byte("junk")), 401)
	expect(t, "not even base64", forger.get(nil, "Authorization", "Trust ***"), 400)

	// The device has not suffered from it: the same challenge is still open to it.
	v := w.visitor(t, "127.0.0.1")
	expect(t, "the device itself", v.get(v.token(v.get(nil))), 200)
}

func TestReplayedToken(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, "127.0.0.1")
	token := v.token(v.get(nil))
	expect(t, "relayed before it is used", w.visitor(t, "127.0.0.1").get(token), 401)
	expect(t, "the device itself", v.get(token), 200)
	expect(t, "captured, on another connection", w.visitor(t, "127.0.0.1").get(token), 401)
	v.http.CloseIdleConnections()
	expect(t, "its own old token", v.get(token), 401)
	w.ahead.Store(int64(mostTrust))
	expect(t, "its own old token, later", v.get(token), 401)
}

func TestForwardedHeaderGainsNothing(t *testing.T) {
	w := newWorld(t)
	spoofed := []string{"X-Forwarded-For", "45.140.8.1", "Forwarded", "for=45.140.8.1", "X-Real-Ip", "45.140.8.1"}
	v := w.visitor(t, "127.0.0.2")
	plain := v.get(v.token(v.get(nil, spoofed...)), spoofed...)
	expect(t, "from a blocked address", plain, 403)
	if strings.Contains(strings.ToLower(plain.text), "block") || strings.Contains(plain.text, "45.") || w.served.Load() != 0 {
		t.Errorf("a clue: %q", plain.text)
	}
}

func TestStepUp(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, "127.0.0.3")
	first := v.get(v.token(v.get(nil)))
	expect(t, "from an odd address", first, 401)
	if first.header.Get("WWW-Authenticate") == "" || first.header.Get("Trust-Next") != "human" {
		t.Errorf("nothing to go on with: %v", first.header)
	}
}

// Who only says to be the device can neither give it a bad name nor use up its challenges.
func TestStrangerHarmsNobody(t *testing.T) {
	w := newWorld(t)
	for i := 0; i < 10; i++ {
		stranger := w.visitor(t, "127.0.0.2")
		expect(t, "a stranger", stranger.get(nil), 401)
		expect(t, "a stranger's junk", stranger.get([]byte("junk")), 401)
	}
	device, err := w.engine.Open(context.Background(), pump)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if info, err := device.Info(); err != nil || info.Decisions != 0 || info.OpenChallenges != 1 {
		t.Errorf("%+v %v", info, err)
	}
	v := w.visitor(t, "127.0.0.1")
	expect(t, "the device itself", v.get(v.token(v.get(nil))), 200)
}

// Nor can it keep others from being asked, with all the names that it can make up.
func TestStrangerWithManyNames(t *testing.T) {
	w := newWorld(t)
	stranger := w.visitor(t, "127.0.0.2")
	for i := 0; i < mostAsked; i++ {
		stranger.id = fmt.Sprint("nobody-", i)
		if a := stranger.get(nil); a.status != 401 && a.status != 503 {
			t.Fatalf("%+v", a)
		}
	}
	expect(t, "one name too many", stranger.get(nil), 503)
	v := w.visitor(t, "127.0.0.1")
	expect(t, "the device itself", v.get(v.token(v.get(nil))), 200)
	w.ahead.Store(int64(answerTime))
	expect(t, "the stranger, later", stranger.get(nil), 401)
}

// A host with a network of IPv6 is one peer.
func TestPeerOfIPv6(t *testing.T) {
	at := func(address string) asking {
		v := visit{peer: netip.MustParseAddr(address), device: pump}
		return v.asking()
	}
	if at("2001:db8::1") != at("2001:db8::ffff:2") || at("2001:db8::1") == at("2001:db8:0:1::1") {
		t.Error(at("2001:db8::1"), at("2001:db8:0:1::1"))
	}
	if at("192.0.2.1") == at("192.0.2.2") {
		t.Error(at("192.0.2.1"))
	}
}

// Whoever sends nothing, or slowly, or reads nothing is hung up on.
func TestNobodyStaysForEver(t *testing.T) {
	server := newServer(nil, nil)
	for _, timeout := range []time.Duration{server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout, server.IdleTimeout} {
		if timeout <= 0 || timeout > 5*time.Minute {
			t.Errorf("%+v", server)
		}
	}
}

func TestUnknownDevice(t *testing.T) {
	w := newWorld(t)
	known, unknown := w.visitor(t, "127.0.0.1"), w.visitor(t, "127.0.0.1")
	unknown.id = "urn:dev:ops:32473-nobody"
	expect(t, "without a name", known.get(nil, "Trust-Device", ""), 400)
	expect(t, "a long name", known.get(nil, "Trust-Device", strings.Repeat("x", 256)), 400)
	for _, token := range [][]byte{nil, []byte("junk")} {
		one, two := known.get(token), unknown.get(token)
		if one.status != 401 || one.status != two.status || one.text != two.text ||
			len(one.header.Get("WWW-Authenticate")) != len(two.header.Get("WWW-Authenticate")) {
			t.Errorf("a stranger can tell: %+v %+v", one, two)
		}
	}
	expect(t, "an answer of nobody", unknown.get(unknown.token(unknown.get(nil))), 401)
}

func TestSuspendedDevice(t *testing.T) {
	w := newWorld(t)
	device, err := w.engine.Open(context.Background(), pump)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for _, lifecycle := range []trust.Lifecycle{trust.Suspended, trust.Revoked} {
		v := w.visitor(t, "127.0.0.1")
		asked := v.get(nil)
		if err := device.SetLifecycle(context.Background(), lifecycle); err != nil {
			t.Fatal(err)
		}
		expect(t, lifecycle.String(), v.get(v.token(asked)), 403)
		if err := device.Reload(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if w.served.Load() != 0 {
		t.Error("the handler ran")
	}
}

// Many connections of one device at once: each is answered, and none is let in without an answer of
// its own. Those that come second to a nonce are asked again.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		v := w.visitor(t, "127.0.0.1")
		all.Add(1)
		go func() {
			defer all.Done()
			a := v.get(nil)
			for n := 0; n < 50 && a.status != 200; n++ {
				switch a.status {
				case 401:
					a = v.get(v.token(a))
				case 503:
					time.Sleep(10 * time.Millisecond)
					a = v.get(nil)
				default:
					t.Errorf("%+v", a)
					return
				}
			}
			expect(t, "at last", a, 200)
			for n := 0; n < 5; n++ {
				expect(t, "the same connection", v.get(nil), 200)
			}
		}()
	}
	all.Wait()
	if served := w.served.Load(); served != 8*6 {
		t.Errorf("%d were served", served)
	}
}

func TestWithoutTLSOrSession(t *testing.T) {
	w := newWorld(t)
	for _, config := range []*tls.ConnectionState{nil, {}} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.TLS = config
		request.Header.Set("Trust-Device", pump)
		out := httptest.NewRecorder()
		w.Config.Handler.ServeHTTP(out, request)
		expect(t, "no connection of ours", answer{status: out.Code}, 400)
	}
}

func TestFailsClosed(t *testing.T) {
	w := newWorld(t)
	v := w.visitor(t, "127.0.0.1")
	token := v.token(v.get(nil))
	w.engine.Close()
	broken := v.get(token)
	expect(t, "nothing works", broken, 503)
	if broken.header.Get("Retry-After") == "" || w.served.Load() != 0 {
		t.Errorf("%+v", broken)
	}
}
