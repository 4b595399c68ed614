package trust_test

// Plays the project's vectors: every scene must say what the C library says, to the byte.
// tests/vectors/scenes/README.md has the format. TRUST_SCENES is another folder of scenes.

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	trust "libtrust.example/go"
)

const checkout = "../.."

var always = context.Background()

// A step is one JSON object of a scene.
type step map[string]interface{}

func (s step) has(name string) bool { return s[name] != nil }

func (s step) text(name, otherwise string) string {
	if text, ok := s[name].(string); ok {
		return text
	}
	return otherwise
}

func (s step) number(name string, otherwise int64) int64 {
	if number, ok := s[name].(float64); ok {
		return int64(number)
	}
	return otherwise
}

func (s step) flag(name string) bool { return s[name] == true }

func (s step) list(name string) []interface{} {
	list, _ := s[name].([]interface{})
	return list
}

func (s step) steps(name string) []step {
	var steps []step
	for _, one := range s.list(name) {
		steps = append(steps, one.(map[string]interface{}))
	}
	return steps
}

func (s step) attributes() map[string]string {
	attributes := map[string]string{}
	object, _ := s["attributes"].(map[string]interface{})
	for name, value := range object {
		attributes[name] = value.(string)
	}
	return attributes
}

func (s step) moment(name string, otherwise time.Time) time.Time {
	value, present := s[name]
	switch {
	case !present:
		return otherwise
	case value == nil:
		return time.Time{}
	case value == "never":
		return trust.Never
	}
	at, err := trust.ParseTime(value.(string))
	if err != nil {
		panic(err)
	}
	return at
}

// numbered finds the number of a word, by the words that numbers have.
func numbered(word string, name func(uint32) string) uint32 {
	for i := uint32(0); i < 32; i++ {
		if name(i) == word {
			return i
		}
	}
	panic("no such word: " + word)
}

func verdictOf(word string) trust.Verdict {
	return trust.Verdict(numbered(word, func(i uint32) string { return trust.Verdict(i).String() }))
}

func stateOf(word string) trust.State {
	return trust.State(numbered(word, func(i uint32) string { return trust.State(i).String() }))
}

func (s step) origin(otherwise string) trust.Origin {
	return trust.Origin(numbered(s.text("from", otherwise), func(i uint32) string { return trust.Origin(i).String() }))
}

func kindText(kind trust.Kind) string {
	if kind <= trust.KindHuman {
		return kind.String()
	}
	return fmt.Sprint(uint32(kind))
}

func bit(flag bool) int {
	if flag {
		return 1
	}
	return 0
}

func when(t time.Time) string { return trust.MillisOf(t).String() }

func seedOf(number interface{}) []byte {
	seed := make([]byte, ed25519.SeedSize)
	for i := range seed {
		seed[i] = byte(number.(float64))
	}
	return seed
}

func publicOf(signer *trust.Signer) ed25519.PublicKey { return signer.Public().(ed25519.PublicKey) }

// A sceneDevice is a device and what is being gathered about it.
type sceneDevice struct {
	device   *trust.Device
	evidence *trust.Evidence
}

// A world is one scene that is played.
type world struct {
	t          *testing.T
	out        strings.Builder
	now        time.Time
	random     uint64
	engine     *trust.Engine
	table      *trust.Table
	devices    map[string]sceneDevice
	challenges map[string]*trust.Challenge
	baselines  map[string]*trust.Baseline
	saved      map[string][]byte
}

// Read is the random source: the same bytes in every language.
func (w *world) Read(out []byte) (int, error) {
	for i := range out {
		w.random = w.random*6364136223846793005 + 1442695040888963407
		out[i] = byte(w.random >> 56)
	}
	return len(out), nil
}

func (w *world) say(format string, values ...interface{}) {
	fmt.Fprintf(&w.out, format+"\n", values...)
}

func (w *world) sayText(text string, err error) {
	w.must(err)
	w.say("%s", strings.TrimSuffix(text, "\n"))
}

// must is for what no scene is about.
func (w *world) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

// failed says why a call failed, and that it did.
func (w *world) failed(err error) bool {
	if err == nil {
		return false
	}
	var e *trust.Error
	if !errors.As(err, &e) {
		w.t.Fatal(err)
	}
	if e.Status == trust.ErrTimeout || e.Status == trust.ErrCancelled {
		return w.refused(err)
	}
	w.say("! %s line %d column %d offset %d at \"%s\": %s", e.Status.Name(), e.Line, e.Column, e.Offset,
		e.Where, e.Message)
	return true
}

// refused is for a call that tells no more than its status.
func (w *world) refused(err error) bool {
	if err == nil {
		return false
	}
	var e *trust.Error
	if !errors.As(err, &e) {
		w.t.Fatal(err)
	}
	w.say("! %s", e.Status.Name())
	return true
}

// bytes are what a value of a scene stands for.
func (w *world) bytes(value interface{}) []byte {
	if value == nil {
		return nil
	}
	if text, ok := value.(string); ok {
		return []byte(text)
	}
	object := step(value.(map[string]interface{}))
	joined := func(list []interface{}, between string) []byte {
		parts := make([]string, len(list))
		for i, part := range list {
			parts[i] = string(w.bytes(part))
		}
		return []byte(strings.Join(parts, between))
	}
	switch {
	case object.has("of"):
		data := append([]byte(nil), w.bytes(object["of"])...)
		for _, place := range object.list("flip") {
			at := int(place.(float64))
			if at < 0 {
				at += len(data)
			}
			data[at] ^= 1
		}
		if cut := int(object.number("cut", int64(len(data)))); cut < len(data) {
			data = data[:cut]
		}
		return []byte(strings.Repeat(string(data), int(object.number("repeat", 1))))
	case object.has("join"):
		return joined(object.list("join"), "")
	case object.has("lines"):
		return joined(object.list("lines"), "\n")
	case object.has("base64url"):
		return []byte(base64.RawURLEncoding.EncodeToString(w.bytes(object["base64url"])))
	case object.has("file"):
		return w.read(filepath.Join(checkout, object.text("file", "")))
	case object.has("vector"):
		return w.read(filepath.Join(os.Getenv("TRUST_VECTORS"), object.text("vector", "")))
	case object.has("saved"):
		return w.saved[object.text("saved", "")]
	}
	data, err := hex.DecodeString(object.text("hex", ""))
	w.must(err)
	return data
}

func (w *world) read(path string) []byte {
	data, err := os.ReadFile(path)
	w.must(err)
	return data
}

func (w *world) keys(s step) []ed25519.PublicKey {
	var keys []ed25519.PublicKey
	for _, key := range s.list("keys") {
		if _, ok := key.(float64); !ok {
			keys = append(keys, w.bytes(key))
			continue
		}
		signer, err := trust.NewSigner(seedOf(key), trust.UseDevice)
		w.must(err)
		keys = append(keys, publicOf(signer))
		signer.Close()
	}
	return keys
}

func (w *world) save(s step, data []byte) {
	if s.has("as") {
		w.saved[s.text("as", "")] = data
	}
}

func (w *world) device(s step) sceneDevice { return w.devices[s.text("device", "d")] }

// What outcomes consist of

func (w *world) sayRow(r trust.Row) {
	state := "stateless"
	if r.Type == trust.RowSignal {
		state = r.State.String()
	}
	finding := "no finding"
	if r.Finding >= 0 {
		finding = fmt.Sprintf("finding %d", r.Finding)
	}
	w.say("row %s type=%d index=%d %s points=%d millibits=%d certainty=%d %v %s", r.Name, uint32(r.Type),
		r.Index, state, r.Points, r.Millibits, r.Certainty, r.Reason, finding)
}

func (w *world) sayFinding(f trust.Finding) {
	item := "no item"
	if f.Item != trust.NoItem {
		item = fmt.Sprintf("item %d", f.Item)
	}
	w.say("finding %s source=%d %v %v value=%d quality=%d %v %v %s expected=%d seen=%d", kindText(f.Kind),
		f.Source, f.State, f.Origin, f.Value, f.Quality, f.Time, f.Reason, item, f.Expected, f.Seen)
}

func (w *world) saySummary(s *trust.Summary) {
	w.say("verdict %v natural=%v risk=%d range=%d..%d uncertainty=%d adverse=%d held=%d profile=%d "+
		"unsure=%d stage=%d flaps=%d overridden=%d probability=%d since=%v stage_since=%v", s.Verdict,
		s.Natural, s.Risk, s.Lowest, s.Highest, s.Uncertainty, s.Adverse, bit(s.Held()), s.Profile,
		bit(s.Unsure()), s.Stage, s.Flaps, bit(s.Overridden()), s.Probability, s.Since, s.StageSince)
	for i, reason := range s.Reasons {
		if reason == 0 {
			break
		}
		if row, ok := s.Subject(i); ok {
			w.say("reason %v row %d", reason, row)
		} else {
			w.say("reason %v no row", reason)
		}
	}
}

func (w *world) sayAction(a trust.Action) { w.say("action %s %d %v", a.Name, a.ID, a.Reason) }

// The engine's own

func (w *world) policyOf(s step) (*trust.Policy, error) {
	if s.has("manifest") {
		return trust.LoadPolicy(w.bytes(s["document"]), w.bytes(s["manifest"]), w.keys(s), w.now)
	}
	return trust.LoadPolicyUnsigned(w.bytes(s["document"]))
}

func (w *world) sayPolicy(p *trust.Policy) trust.PolicyInfo {
	info, err := p.Info()
	w.must(err)
	w.say("policy %s %d signed=%d %x", info.ID, info.Revision, bit(info.Signed), info.Hash)
	return info
}

func (w *world) usePolicy(s step) {
	policy, err := w.policyOf(s)
	if w.failed(err) {
		return
	}
	defer policy.Close()
	use := w.engine.UsePolicy
	if s.flag("allow_unsigned") {
		use = w.engine.UsePolicyUnsigned
	}
	if !w.failed(use(always, policy)) {
		w.sayPolicy(policy)
	}
}

func (w *world) useReference(s step) {
	reference, err := trust.LoadReferenceUnsigned(w.bytes(s["document"]))
	if w.failed(err) {
		return
	}
	defer reference.Close()
	w.must(w.engine.UseReference(reference))
	count, err := reference.Count()
	w.must(err)
	w.say("reference values %d", count)
}

func (w *world) useTable(s step) {
	var sources []trust.Source
	for _, source := range s.steps("sources") {
		one := trust.Source{Name: source.text("name", ""), Format: trust.SourceMMDB, Data: w.bytes(source["data"])}
		if source.has("category") {
			words := []string{"other", "vpn", "tor", "proxy", "hosting", "block"}
			one.Format = trust.SourceCIDR
			one.Category = trust.ListCategory(numbered(source.text("category", ""), func(i uint32) string {
				return append(words, make([]string, 32)...)[i]
			}))
		}
		sources = append(sources, one)
	}
	table, err := trust.BuildTable(sources)
	if w.failed(err) {
		return
	}
	w.must(w.engine.UseTable(table))
	w.table.Close()
	w.table = table
	infos, err := table.Sources()
	w.must(err)
	for _, i := range infos {
		w.say("source %s type=%s format=%d category=%d entries=%d built=%s %x", i.Name, i.Type, uint32(i.Format),
			uint32(i.Category), i.Entries, when(i.Built), i.Digest)
	}
	w.say("sources %d", len(infos))
}

// Devices and challenges

func (w *world) sayDevice(d *trust.Device) {
	i, err := d.Info()
	w.must(err)
	w.say("device %s %v verdict=%v risk=%d anchors=%d attributes=%d open=%d enrolled=%s decided=%s "+
		"valid_until=%s decisions=%d revision=%d memory=%d stage=\"%s\" stage_since=%s flaps=%d", d.ID(),
		i.Lifecycle, i.Verdict, i.Risk, i.Keys, i.Attributes, i.OpenChallenges, when(i.Enrolled),
		when(i.Decided), when(i.ValidUntil), i.Decisions, i.Revision, i.MemoryBytes, i.Stage,
		when(i.StageSince), i.Flaps)
	attributes, err := d.Attributes()
	w.must(err)
	var names []string
	for name := range attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		w.say("attribute %s=%s", name, attributes[name])
	}
	keys, err := d.Keys()
	w.must(err)
	for _, key := range keys {
		w.say("key %x", []byte(key))
	}
}

func (w *world) setTime(s step) {
	w.now = s.moment("to", time.Time{})
	w.say("now %s", when(w.engine.Now()))
}

// done is for what has nothing to say but that it came about.
func (w *world) done(failed bool) {
	if !failed {
		w.say("ok")
	}
}

func (w *world) sourceDown(s step) {
	w.done(w.refused(w.engine.SetSourceDown(trust.KindOf(s.text("kind", "")), s.flag("down"))))
}

func (w *world) enroll(s step) {
	enrolment := trust.Enrolment{Keys: w.keys(s), Attributes: s.attributes()}
	device, err := w.engine.Enroll(always, s.text("id", ""), enrolment)
	w.opened(s, device, err)
}

func (w *world) open(s step) {
	device, err := w.engine.Open(always, s.text("id", ""))
	w.opened(s, device, err)
}

func (w *world) lifecycle(s step) {
	to := numbered(s.text("to", ""), func(i uint32) string { return trust.Lifecycle(i).String() })
	w.done(w.failed(w.device(s).device.SetLifecycle(always, trust.Lifecycle(to))))
}

func (w *world) delivered(s step) {
	id := w.challenges[s.text("challenge", "")].ID()
	w.done(w.failed(w.device(s).device.Delivered(always, id)))
}

func (w *world) opened(s step, device *trust.Device, err error) {
	if w.failed(err) {
		return
	}
	evidence, err := device.NewEvidence()
	w.must(err)
	w.devices[s.text("device", "d")] = sceneDevice{device, evidence}
	w.sayDevice(device)
}

func (w *world) challenge(s step) {
	var request trust.ChallengeRequest
	for _, kind := range s.list("kinds") {
		request.Kinds = append(request.Kinds, trust.KindOf(kind.(string)))
	}
	request.TTL = time.Duration(s.number("ttl", 0)) * time.Millisecond
	request.Purpose = s.text("purpose", "")
	request.Attempt = s.text("attempt", "")
	var challenge *trust.Challenge
	var err error
	if s.has("nonce") {
		challenge, err = w.device(s).device.Adopt(always, w.bytes(s["nonce"]), request)
	} else {
		challenge, err = w.device(s).device.Challenge(always, request)
	}
	if w.failed(err) {
		return
	}
	w.save(s, challenge.Nonce())
	if name := s.text("as", ""); w.challenges[name] == nil {
		w.challenges[name] = challenge
	}
	w.say("challenge %d %s %s %x", challenge.ID(), when(challenge.Issued()), when(challenge.Deadline()),
		challenge.Nonce())
}

// Evidence

func (w *world) gathered(s step, failed bool) {
	if !failed {
		w.say("items %d", w.device(s).evidence.Len())
	}
}

func (w *world) add(s step) {
	err := w.device(s).evidence.Add(s.origin("device"), s.text("type", ""), w.bytes(s["data"]))
	w.gathered(s, w.failed(err))
}

func (w *world) address(s step) {
	w.gathered(s, w.failed(w.device(s).evidence.AddAddressText(s.text("address", ""))))
}

func (w *world) bundle(s step) {
	err := w.device(s).evidence.AddBundle(s.origin("device"), w.bytes(s["data"]), w.files(s))
	w.gathered(s, w.failed(err))
}

func (w *world) channel(s step) {
	w.gathered(s, w.refused(w.device(s).evidence.SetChannel(w.bytes(s["data"]))))
}

func (w *world) attempt(s step) {
	w.gathered(s, w.refused(w.device(s).evidence.SetAttempt(s.text("attempt", ""))))
}

func (w *world) request(s step) {
	w.gathered(s, w.refused(w.device(s).evidence.SetRequestID(w.bytes(s["id"]))))
}

func (w *world) metric(s step) error {
	at := s.moment("time", time.Time{})
	for _, value := range s.list("values") {
		if err := w.device(s).evidence.AddMetric(s.text("name", ""), value.(float64), at); err != nil {
			return err
		}
		if !at.IsZero() {
			at = at.Add(time.Duration(s.number("every", 0)) * time.Millisecond)
		}
	}
	return nil
}

// Decisions

// until is a context with a deadline of its own and a clock of nobody's.
type until struct {
	context.Context
	at time.Time
}

func (u until) Deadline() (time.Time, bool) { return u.at, true }

func (w *world) limits(s step) (context.Context, func()) {
	ctx, cancel := context.WithCancel(always)
	if s.flag("cancelled") {
		cancel()
	}
	if s.has("deadline") {
		return until{ctx, time.Now().Add(s.moment("deadline", w.now).Sub(w.now))}, cancel
	}
	return ctx, cancel
}

func (w *world) sayFields(d *trust.Decision) {
	i := d.Info()
	w.saySummary(&i.Summary)
	w.say("%v %d binding=%d replay_protection=%d exact=%d preview=%d repeated=%d signed=%d decided=%s "+
		"valid_until=%s profile=%s stage=%s revision=%d %x", d.Verdict(), d.Risk(), uint32(i.Binding),
		uint32(i.Replay), bit(i.ValidUntilExact), bit(i.Preview), bit(i.Repeated), bit(i.PolicySigned),
		when(i.Decided), when(i.ValidUntil), d.Profile(), d.Stage(), i.PolicyRevision, i.PolicyHash)
	for _, row := range d.Ledger() {
		w.sayRow(row)
	}
	for _, finding := range d.Findings() {
		w.sayFinding(finding)
	}
	for _, next := range d.Next() {
		var pairs strings.Builder
		for n, signal := range next.Signals {
			fmt.Fprintf(&pairs, " %s:%s", signal, next.Actions[n])
		}
		w.say("next %v cost=%d%s", next.CanReach, next.Cost, pairs.String())
	}
	for _, action := range d.Actions() {
		w.sayAction(action)
	}
	for _, need := range d.Needs() {
		w.say("need %s", need)
	}
	for _, item := range d.Items() {
		w.say("item %s %v %v %v", item.Type, item.Origin, item.State, item.Reason)
	}
}

func (w *world) sayDecision(s step, d *trust.Decision) {
	defer d.Close()
	text, err := d.MarshalJSON()
	w.sayText(string(text), err)
	for _, what := range s.list("show") {
		switch what {
		case "fields":
			w.sayFields(d)
		case "operator":
			w.sayText(d.Explain(trust.ForOperator))
		case "subject":
			w.sayText(d.Explain(trust.ForSubject))
		}
	}
}

func (w *world) decide(s step, how func(*trust.Device, context.Context, *trust.Evidence) (*trust.Decision, error)) {
	d := w.device(s)
	ctx, done := w.limits(s)
	defer done()
	decision, err := how(d.device, ctx, d.evidence)
	if !w.failed(err) {
		w.sayDecision(s, decision)
	}
	if !s.flag("keep") {
		w.must(d.evidence.Clear())
	}
}

func (w *world) observe(s step) {
	d := w.device(s)
	ctx, done := w.limits(s)
	defer done()
	due, err := d.device.Observe(ctx, d.evidence)
	if !w.failed(err) {
		w.say("due %d", bit(due))
	}
	w.must(d.evidence.Clear())
}

func (w *world) assessMany(s step) {
	var jobs []trust.Job
	for _, name := range s.list("devices") {
		d := w.devices[name.(string)]
		jobs = append(jobs, trust.Job{Device: d.device, Evidence: d.evidence})
	}
	ctx, done := w.limits(s)
	defer done()
	for _, made := range w.engine.AssessMany(ctx, jobs) {
		if !w.failed(made.Err) {
			w.sayDecision(s, made.Decision)
		}
	}
	for _, job := range jobs {
		w.must(job.Evidence.Clear())
	}
}

func (w *world) appraise(s step) {
	result, err := w.engine.Appraise(always, trust.Appraisal{
		Type: s.text("type", ""), Data: w.bytes(s["data"]), Keys: w.keys(s), Nonce: w.bytes(s["nonce"]),
		Channel: w.bytes(s["channel"]), DeviceClass: s.text("class", ""), Origin: s.origin("device")})
	if w.failed(err) {
		return
	}
	defer result.Close()
	i, err := result.Info()
	w.must(err)
	claims := strings.Trim(fmt.Sprint(i.Vector), "[]")
	w.say("result %v %v tier=%d binding=%d vector %s", i.State, i.Reason, i.Tier, uint32(i.Binding), claims)
	findings, err := result.Findings()
	w.must(err)
	for _, finding := range findings {
		w.sayFinding(finding)
	}
	for _, claims := range []bool{false, true} {
		text, err := result.JSON(claims)
		w.sayText(string(text), err)
	}
}

// Verbs

// verbs are what a step may ask of an engine; others are in verbsAlone.
var verbs = map[string]func(w *world, s step){
	"time":        (*world).setTime,
	"policy":      (*world).usePolicy,
	"reference":   (*world).useReference,
	"table":       (*world).useTable,
	"source_down": (*world).sourceDown,
	"enroll":      (*world).enroll,
	"open":        (*world).open,
	"info":        func(w *world, s step) { w.sayDevice(w.device(s).device) },
	"reload":      func(w *world, s step) { w.done(w.failed(w.device(s).device.Reload(always))) },
	"lifecycle":   (*world).lifecycle,
	"challenge":   (*world).challenge,
	"delivered":   (*world).delivered,
	"add":         (*world).add,
	"address":     (*world).address,
	"metric":      func(w *world, s step) { w.gathered(s, w.failed(w.metric(s))) },
	"bundle":      (*world).bundle,
	"channel":     (*world).channel,
	"attempt":     (*world).attempt,
	"request":     (*world).request,
	"assess":      func(w *world, s step) { w.decide(s, (*trust.Device).Assess) },
	"preview":     func(w *world, s step) { w.decide(s, (*trust.Device).Preview) },
	"observe":     (*world).observe,
	"assess_many": (*world).assessMany,
	"appraise":    (*world).appraise,
}

// play runs one step.
func (w *world) play(s step) {
	verb := s.text("do", "")
	run := verbs[verb]
	if run == nil {
		run = verbsAlone[verb]
	}
	if run == nil {
		w.t.Fatal("no such verb: " + verb)
	}
	run(w, s)
}

func said(t *testing.T, scene step) string {
	w := &world{t: t, now: scene.moment("now", time.Time{}), random: uint64(scene.number("random", 1)),
		devices: map[string]sceneDevice{}, challenges: map[string]*trust.Challenge{},
		baselines: map[string]*trust.Baseline{}, saved: map[string][]byte{}}
	var err error
	w.engine, err = trust.NewEngine(trust.WithClock(func() time.Time { return w.now }), trust.WithRandom(w),
		trust.WithVerifier(scene.text("verifier", "")))
	w.must(err)
	defer w.engine.Close()
	w.table, err = trust.BuildTable(nil)
	w.must(err)
	for number, s := range scene.steps("steps") {
		w.say("# %d %s", number+1, s.text("do", ""))
		w.play(s)
	}
	return w.out.String()
}

func TestScenes(t *testing.T) {
	folder := os.Getenv("TRUST_SCENES")
	if folder == "" {
		folder = filepath.Join(checkout, "tests/vectors/scenes")
	}
	if _, err := os.Stat(folder); os.IsNotExist(err) {
		t.Skip("no scenes here: this is no checkout")
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scene in %s: %v", folder, err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".json")
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var scene step
			if err := json.Unmarshal(text, &scene); err != nil {
				t.Fatal(err)
			}
			expected, err := os.ReadFile(name + ".expected")
			if err != nil {
				t.Fatal(err)
			}
			compare(t, strings.Split(said(t, scene), "\n"), strings.Split(string(expected), "\n"))
		})
	}
}

func compare(t *testing.T, said, expected []string) {
	for i, line := range said {
		if i == len(expected) || line != expected[i] {
			t.Fatalf("line %d, but it said: %s", i+1, line)
		}
	}
	if len(said) < len(expected) {
		t.Fatalf("line %d is missing", len(said)+1)
	}
}
