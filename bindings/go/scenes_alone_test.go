package trust_test

// The verbs of scenes that need no engine: policies by themselves, addresses, keys, manifests, a
// device's tokens, baselines, times and words.

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing/fstest"
	"time"

	trust "libtrust.example/go"
)

// given is a file system that has whatever names a scene gives to its files.
type given struct {
	w     *world
	files map[string]interface{}
}

func (g given) Open(name string) (fs.File, error) {
	data, ok := g.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fstest.MapFS{"file": {Data: g.w.bytes(data)}}.Open("file")
}

func (w *world) files(s step) fs.FS {
	files, ok := s["files"].(map[string]interface{})
	if !ok {
		return nil
	}
	return given{w, files}
}

// Policies

func (w *world) report(report trust.Report, err error) {
	if w.refused(err) {
		return
	}
	w.say("remarks %d", len(report))
	for _, r := range report {
		w.say("%d %d:%d %s %d at \"%s\": %s", uint32(r.Severity), r.Line, r.Column, r.Code, r.Number, r.Where,
			r.Sentence)
	}
}

func spaced(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(" " + name)
	}
	return b.String()
}

func (w *world) describe(policy *trust.Policy) {
	p := w.sayPolicy(policy)
	b, h, o := p.Bands, p.Hysteresis, p.Overrides
	w.say("bands base=%d allow=%d step_up=%d quarantine=%d", b.Base, b.Allow, b.StepUp, b.Quarantine)
	w.say("hysteresis margin=%d backoff=%d dwell=%d dwell_max=%d", h.Margin, h.Backoff, h.Dwell.Milliseconds(),
		h.DwellMax.Milliseconds())
	w.say("overrides mildest=%v approvals=%d max_ttl=%d", o.Mildest, o.Approvals, o.MaxTTL.Milliseconds())
	for _, s := range p.Signals {
		var curve strings.Builder
		for _, knot := range s.Curve {
			fmt.Fprintf(&curve, " %d:%d", knot.Value, knot.Points)
		}
		w.say("signal %s group=%s kind=%s most=%d least=%d absent=%d refused=%d source_down=%d "+
			"half_life_good=%d half_life_bad=%d ttl=%d ttl_bad=%d scale=%d reliability=%d quorum=%d cost=%d "+
			"action=%s curve%s", s.Name, s.Group, kindText(s.Kind), s.Most, s.Least, s.Absent, s.Refused,
			s.SourceDown, s.HalfLifeGood.Milliseconds(), s.HalfLifeBad.Milliseconds(), s.TTL.Milliseconds(),
			s.TTLBad.Milliseconds(), uint32(s.Scale), s.Reliability, s.Quorum, s.Cost, s.Action, curve.String())
	}
	for _, g := range p.Groups {
		w.say("group %s floor=%d ceiling=%d", g.Name, g.Floor, g.Ceiling)
	}
	for _, g := range p.Gates {
		var conditions strings.Builder
		for _, c := range g.Conditions {
			fmt.Fprintf(&conditions, " %s:%d:%d:%d", c.Signal, uint32(c.Asks), c.Limit, c.Age.Milliseconds())
		}
		w.say("gate %s floor=%v %v need=%d final=%d%s", g.ID, g.Floor, g.Reason, g.Need, bit(g.Final),
			conditions.String())
	}
	for _, p := range p.Profiles {
		w.say("profile %s base=%d allow=%d step_up=%d quarantine=%d adverse=%d uncertainty=%d exempt%s when %s",
			p.ID, p.Bands.Base, p.Bands.Allow, p.Bands.StepUp, p.Bands.Quarantine, p.Adverse, p.Uncertainty,
			spaced(p.Exempt), p.When)
	}
	for _, s := range p.Stages {
		next := "none"
		if s.Next >= 0 {
			next = p.Stages[s.Next].ID
		}
		w.say("stage %s next=%s on_timeout=%v timeout=%d needs%s", s.ID, next, s.OnTimeout,
			s.Timeout.Milliseconds(), spaced(s.Needs))
	}
}

func (w *world) input(s step, policy *trust.Policy) trust.Input {
	in := trust.Input{
		Now:        s.moment("now", w.now),
		Since:      s.moment("since", time.Time{}),
		StageSince: s.moment("stage_since", time.Time{}),
		Stage:      uint32(s.number("stage", 0)),
		Previous:   verdictOf(s.text("previous", "none")),
		Flaps:      uint32(s.number("flaps", 0)),
		Override:   verdictOf(s.text("override", "none")),
	}
	for _, floor := range s.steps("floors") {
		in.Floors = append(in.Floors,
			trust.Floor{Verdict: verdictOf(floor.text("verdict", "")), Reason: trust.ReasonOf(floor.text("reason", ""))})
	}
	if s.has("attributes") {
		selection, err := policy.Select(s.attributes())
		w.must(err)
		in.Selection = selection
	}
	return in
}

func (w *world) evaluate(s step, policy *trust.Policy) {
	in := w.input(s, policy)
	var findings []trust.Finding
	for _, f := range s.steps("findings") {
		findings = append(findings, trust.Finding{
			Kind: trust.KindOf(f.text("kind", "")), Source: uint32(f.number("source", 0)),
			State: stateOf(f.text("state", "valid")), Origin: f.origin("host"),
			Value: int32(f.number("value", 0)), Quality: uint32(f.number("quality", int64(trust.QualityFull))),
			Time: trust.MillisOf(f.moment("time", in.Now)), Reason: trust.ReasonOf(f.text("reason", "NONE")),
			Item: uint32(f.number("item", int64(trust.NoItem)))})
	}
	outcome, err := policy.Evaluate(findings, in)
	if w.refused(err) {
		return
	}
	w.saySummary(&outcome.Summary)
	rows, err := outcome.Ledger()
	w.must(err)
	for _, row := range rows {
		w.sayRow(row)
	}
	actions, err := outcome.Actions()
	w.must(err)
	for _, action := range actions {
		w.sayAction(action)
	}
	steps, err := outcome.Next()
	w.must(err)
	for _, next := range steps {
		w.say("next %v cost=%d%s", next.CanReach, next.Cost, spaced(next.Signals))
	}
	until, exact, err := outcome.ValidUntil()
	w.must(err)
	w.say("valid_until %s exact=%d", when(until), bit(exact))
}

func (w *world) evaluateMany(s step, policy *trust.Policy) {
	batch := trust.Batch{Count: int(s.number("count", 0)), Input: w.input(s, policy)}
	for _, c := range s.steps("columns") {
		column := trust.Column{Kind: trust.KindOf(c.text("kind", "")), Source: uint32(c.number("source", 0)),
			Present: make([]byte, batch.Count/8+1)}
		for i, value := range c.list("values") {
			number, ok := value.(float64)
			column.Values = append(column.Values, int32(number))
			column.Present[i/8] |= byte(bit(ok) << (i % 8))
		}
		for _, state := range c.list("states") {
			column.States = append(column.States, uint8(stateOf(state.(string))))
		}
		for _, age := range c.list("ages") {
			column.Times = append(column.Times, trust.MillisOf(w.now)-trust.Millis(age.(float64)))
		}
		for _, quality := range c.list("quality") {
			column.Quality = append(column.Quality, uint32(quality.(float64)))
		}
		batch.Columns = append(batch.Columns, column)
	}
	out, err := policy.EvaluateMany(batch)
	if w.failed(err) {
		return
	}
	for i := 0; i < batch.Count; i++ {
		w.say("%v risk=%d range=%d..%d uncertainty=%d adverse=%d %v", out.Verdict[i], out.Risk[i], out.Lowest[i],
			out.Highest[i], out.Uncertainty[i], out.Adverse[i], out.Reason[i])
	}
}

func (w *world) selection(s step, policy *trust.Policy) {
	selection, err := policy.Select(s.attributes())
	if !w.refused(err) {
		w.say("profile %d also=%d", selection.Profile, selection.Also)
	}
}

// withPolicy is a verb about a document that loads.
func withPolicy(run func(w *world, s step, policy *trust.Policy)) func(w *world, s step) {
	return func(w *world, s step) {
		policy, err := trust.LoadPolicyUnsigned(w.bytes(s["document"]))
		if w.failed(err) {
			return
		}
		defer policy.Close()
		run(w, s, policy)
	}
}

// Addresses

func microdegrees(located bool, value int32) string {
	if !located {
		return "none"
	}
	return fmt.Sprint(value)
}

func (w *world) find(text string) {
	address, err := trust.ParseAddress(text)
	if w.refused(err) {
		return
	}
	class, inner, embed, err := trust.Classify(address)
	w.must(err)
	i, err := w.table.Find(address)
	w.must(err)
	name, err := trust.FormatAddress(address)
	w.must(err)
	hidden := ""
	if embed != trust.EmbedNone {
		text, err := trust.FormatAddress(inner)
		w.must(err)
		hidden = " inner=" + text
	}
	w.say("address %s %v embed=%d%s found=%v embed=%d country=%s asn=%d latitude=%s longitude=%s radius_km=%d "+
		"lists=%d categories=%d weight=%d network=\"%s\"", name, class, uint32(embed), hidden, i.Class,
		uint32(i.Embed), i.Country, i.ASN, microdegrees(i.Located, i.Latitude),
		microdegrees(i.Located, i.Longitude), i.RadiusKm, i.Lists, i.Categories, i.Weight, i.NetworkName)
}

func (w *world) findAll(s step) {
	for _, text := range s.list("addresses") {
		w.find(text.(string))
	}
}

func (w *world) categories(s step) {
	for _, name := range s.list("names") {
		w.say("category %d", uint32(trust.ListCategoryOf(name.(string))))
	}
}

// Keys, manifests, tokens

// elsewhere is a key that is held elsewhere and answers with what a scene says.
type elsewhere struct {
	key       ed25519.PublicKey
	signature []byte
}

func (e elsewhere) Public() crypto.PublicKey { return e.key }

func (e elsewhere) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return e.signature, nil
}

func (w *world) signer(s step, use trust.Use) (*trust.Signer, error) {
	if _, ok := s["key"].(float64); ok {
		return trust.NewSigner(seedOf(s["key"]), use)
	}
	key := w.bytes(s["key"])
	if s.has("answer") {
		return trust.NewHostSigner(elsewhere{key, w.bytes(s["answer"])}, use)
	}
	return trust.ReadSigner(key, use)
}

func (w *world) readKeys(s step) {
	keys, err := trust.ReadPublicKeys(w.bytes(s["data"]))
	if w.failed(err) {
		return
	}
	for _, key := range keys {
		w.say("key %x", []byte(key))
	}
}

func (w *world) generate(s step) {
	random := bytes.Repeat([]byte{byte(s.number("random", 0))}, 64)
	secret, public, err := trust.GenerateKey(bytes.NewReader(random))
	w.sayText(string(secret)+string(public), err)
}

func (w *world) sign(s step) {
	use := trust.Use(s.number("use", int64(trust.UseDevice)))
	signer, err := w.signer(s, use)
	if w.failed(err) {
		return
	}
	defer signer.Close()
	w.say("use %d key %x", uint32(signer.Use()), []byte(publicOf(signer)))
	signature, err := signer.SignFor(trust.Use(s.number("as_use", int64(use))), w.bytes(s["data"]))
	if !w.refused(err) {
		w.say("signature %x", signature)
		w.save(s, signature)
	}
}

func (w *world) manifest(s step) {
	signer, err := w.signer(s, trust.Use(s.number("use", int64(trust.UsePolicy))))
	w.must(err)
	defer signer.Close()
	text, err := trust.SignManifest(trust.Manifest{Kind: s.text("kind", ""), ID: s.text("id", ""),
		Revision: uint64(s.number("revision", 0)), NotBefore: s.moment("not_before", time.Time{}),
		Expires: s.moment("expires", trust.Never)}, w.bytes(s["document"]), signer)
	if !w.refused(err) {
		w.sayText(text, nil)
		w.save(s, []byte(text))
	}
}

func (w *world) verify(s step) {
	m, err := trust.VerifyManifest(w.bytes(s["manifest"]), w.keys(s), s.text("kind", ""), w.bytes(s["document"]),
		s.moment("now", w.now))
	if !w.failed(err) {
		w.say("manifest %s %s %d from=%s until=%s %x", m.Kind, m.ID, m.Revision, when(m.NotBefore),
			when(m.Expires), m.Digest)
	}
}

func (w *world) attest(s step) {
	signer, err := w.signer(s, trust.UseDevice)
	w.must(err)
	defer signer.Close()
	claims := trust.Claims{Nonce: w.bytes(s["nonce"]), Purpose: s.text("purpose", ""),
		Verifier: s.text("verifier", ""), Device: s.text("bound_device", ""), Attempt: s.text("attempt", ""),
		Channel: w.bytes(s["channel"]), SessionKey: w.bytes(s["session_key"]),
		SealingKey: w.bytes(s["sealing_key"]), Debug: trust.Debug(1 + s.number("debug", -1)),
		SecureBoot: trust.Boot(1 + s.number("secure_boot", -1))}
	for _, c := range s.steps("components") {
		claims.Components = append(claims.Components, trust.Component{Name: c.text("name", ""),
			Version: c.text("version", ""), Digest: w.bytes(c["digest"]), Signer: w.bytes(c["signer"])})
	}
	if s.has("issued_at") {
		claims.IssuedAt = time.Unix(s.number("issued_at", 0), 0)
	}
	if s.has("boot_count") {
		count := s.number("boot_count", 0)
		claims.BootCount = &count
	}
	token, err := trust.Attest(signer, claims)
	if !w.refused(err) {
		w.say("token %x", token)
		w.save(s, token)
	}
}

// Baselines

func (w *world) baseline(s step) {
	name := s.text("baseline", "b")
	if w.baselines[name] == nil {
		made, err := trust.NewBaseline()
		w.must(err)
		w.baselines[name] = made
	}
	var times []trust.Millis
	for _, at := range s.list("times") {
		times = append(times, trust.Millis(at.(float64)))
	}
	values := []float64{}
	for _, value := range s.list("values") {
		values = append(values, value.(float64))
	}
	mode := trust.Learn
	if s.flag("aside") {
		mode = trust.LearnAside
	}
	surprise, raw := make([]int32, len(values)), make([]int32, len(values))
	if !w.failed(w.baselines[name].ObserveInto(times, values, mode, surprise, raw)) {
		for i := range surprise {
			w.say("%d %d", surprise[i], raw[i])
		}
	}
	w.sayState(w.baselines[name])
}

func (w *world) sayState(baseline *trust.Baseline) {
	state, err := baseline.Save()
	w.must(err)
	w.say("state %x", state)
}

func (w *world) restore(s step) {
	baseline, err := trust.RestoreBaseline(w.bytes(s["state"]))
	if !w.failed(err) {
		w.baselines[s.text("baseline", "b")] = baseline
		w.sayState(baseline)
	}
}

// Times, ids, words

func (w *world) times(s step) {
	for _, text := range s.list("texts") {
		at, err := trust.ParseTime(text.(string))
		if !w.refused(err) {
			w.say("time %s", when(at))
		}
	}
}

func (w *world) bundleDevice(s step) {
	id, err := trust.BundleDevice(w.bytes(s["data"]))
	if !w.failed(err) {
		w.say("bundle of %s", id)
	}
}

func (w *world) words(step) {
	for status := trust.ErrArgument; status >= trust.ErrHost; status-- {
		w.say("%d %s %s", int32(status), status.Name(), strings.TrimPrefix(status.Error(), "trust: "))
	}
	list := func(before string, from, to uint32, name func(uint32) string) {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintf(&b, " %d:%s", i, name(i))
		}
		w.say("%s%s", before, b.String())
	}
	list("verdict", 0, uint32(trust.Deny), func(i uint32) string { return trust.Verdict(i).String() })
	list("state", 0, uint32(trust.StateUnsupported), func(i uint32) string { return trust.State(i).String() })
	list("origin", 1, uint32(trust.FromService), func(i uint32) string { return trust.Origin(i).String() })
	list("lifecycle", 1, uint32(trust.Retired), func(i uint32) string { return trust.Lifecycle(i).String() })
	list("class", 0, uint32(trust.AddressAnycastService), func(i uint32) string { return trust.AddressClass(i).String() })
	list("kind", 1, uint32(trust.KindHuman), func(i uint32) string { return trust.Kind(i).String() })
	w.say("kind %d", uint32(trust.KindOf("acme.tamper")))
}

func (w *world) reasons(step) {
	for reason := trust.Reason(0); reason < 256; reason++ {
		if reason.Severity() != 0 {
			w.say("%d %v %d %s | %s", uint32(reason), reason, reason.Severity(), reason.Text(), reason.SubjectText())
		}
	}
}

// Verbs

// verbsAlone are what a step may ask without one.
var verbsAlone = map[string]func(w *world, s step){
	"expand":        withPolicy(func(w *world, _ step, p *trust.Policy) { w.sayText(p.Expand()) }),
	"schema":        func(w *world, _ step) { w.sayText(trust.PolicySchema()) },
	"lint":          func(w *world, s step) { w.report(trust.LintPolicy(w.bytes(s["document"]))) },
	"test":          func(w *world, s step) { w.report(trust.TestPolicy(w.bytes(s["document"]))) },
	"describe":      withPolicy(func(w *world, _ step, p *trust.Policy) { w.describe(p) }),
	"select":        withPolicy((*world).selection),
	"evaluate":      withPolicy((*world).evaluate),
	"evaluate_many": withPolicy((*world).evaluateMany),
	"find":          (*world).findAll,
	"categories":    (*world).categories,
	"read_keys":     (*world).readKeys,
	"sign":          (*world).sign,
	"keygen":        (*world).generate,
	"manifest":      (*world).manifest,
	"verify":        (*world).verify,
	"attest":        (*world).attest,
	"baseline":      (*world).baseline,
	"restore":       (*world).restore,
	"times":         (*world).times,
	"bundle_device": (*world).bundleDevice,
	"reasons":       (*world).reasons,
	"words":         (*world).words,
}
