package trust

// The main calls: evidence about a device goes in, an explained decision comes out.

/*
#include "seams.h"
*/
import "C"

import "context"

// judge is a call with a device and evidence about it.
func (d *Device) judge(ctx context.Context, evidence *Evidence) (*call, C.trust_time, *C.trust_cancel, error) {
	if evidence == nil {
		return nil, 0, nil, refuse(ErrArgument, "there is no evidence")
	}
	c, err := d.begin(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	if err := c.with(&evidence.handle); err != nil {
		return nil, 0, nil, err
	}
	deadline, cancel, err := c.limit()
	return c, deadline, cancel, err
}

// Assess judges the device. What it decides is in the store before this returns: nonces spent,
// lessons learnt.
func (d *Device) Assess(ctx context.Context, evidence *Evidence) (*Decision, error) {
	c, deadline, cancel, err := d.judge(ctx, evidence)
	if err != nil {
		return nil, err
	}
	var decision *C.trust_decision
	status := C.tg_assess(c.c(), d.c(), evidence.c(), deadline, cancel, &decision, &c.failed)
	return c.decision(status, decision)
}

// Preview is what [Device.Assess] would say now. It changes nothing and spends no nonce.
func (d *Device) Preview(ctx context.Context, evidence *Evidence) (*Decision, error) {
	c, deadline, cancel, err := d.judge(ctx, evidence)
	if err != nil {
		return nil, err
	}
	var decision *C.trust_decision
	status := C.tg_preview(c.c(), d.c(), evidence.c(), deadline, cancel, &decision, &c.failed)
	return c.decision(status, decision)
}

// decision is what a call decided.
func (c *call) decision(status C.trust_status, decision *C.trust_decision) (*Decision, error) {
	made := newDecision(decision)
	if err := c.end(status); err != nil {
		return nil, err
	}
	return made, nil
}

// AssessInto is [Device.Assess] into a decision that exists, so that nothing is allocated for one.
// When it fails that decision denies; while it runs, readers are told to deny.
func (d *Device) AssessInto(ctx context.Context, evidence *Evidence, decision *Decision) error {
	if decision == nil {
		return refuse(ErrArgument, "there is no decision")
	}
	if err := decision.acquireAlone(); err != nil {
		return err
	}
	defer decision.releaseAlone()
	c, deadline, cancel, err := d.judge(ctx, evidence)
	if err != nil {
		return err
	}
	return c.end(C.tg_assess_into(c.c(), d.c(), evidence.c(), deadline, cancel, decision.c(), &c.failed))
}

// Observe takes telemetry in without deciding. It is due when the device should be assessed again
// now, since its verdict or stage would be another.
func (d *Device) Observe(ctx context.Context, evidence *Evidence) (due bool, err error) {
	c, deadline, cancel, err := d.judge(ctx, evidence)
	if err != nil {
		return false, err
	}
	var flag C.uint32_t
	status := C.tg_observe(c.c(), d.c(), evidence.c(), deadline, cancel, &flag, &c.failed)
	if err := c.end(status); err != nil {
		return false, err
	}
	return flag != 0, nil
}

// A Job is one assessment of many.
type Job struct {
	Device   *Device
	Evidence *Evidence
}

// A Judgement is what became of a [Job]: a decision, or why there is none.
type Judgement struct {
	Decision *Decision
	Err      error
}

// AssessMany assesses many, one after the other, and crosses into C once. Each is as by
// [Device.Assess]: one that fails stops no other, and a device may stand there twice. The context is
// for all of them together: once it ends the rest fail.
func (e *Engine) AssessMany(ctx context.Context, jobs []Job) []Judgement {
	out := make([]Judgement, len(jobs))
	c, err := e.begin(ctx)
	var deadline C.trust_time
	var cancel *C.trust_cancel
	if err == nil {
		deadline, cancel, err = c.limit()
	}
	if err != nil {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	batch := make([]C.trust_assess_job, 0, len(jobs)+1)
	places := make([]int, 0, len(jobs)) // which job each stands for
	jobs = append([]Job(nil), jobs...)  // what is acquired now is released, whoever changes theirs
	for i, job := range jobs {
		if out[i].Err = job.acquire(); out[i].Err != nil {
			continue
		}
		batch = append(batch, C.trust_assess_job{device: job.Device.c(), evidence: job.Evidence.c()})
		places = append(places, i)
		if job.Device.host != nil && c.number == 0 {
			c.listen()
		}
	}
	status := C.tg_assess_many(c.c(), &batch[:1][0], C.size_t(len(batch)), deadline, cancel)
	for i := range batch {
		made := &out[places[i]]
		jobs[places[i]].release()
		if made.Decision = newDecision(batch[i].decision); made.Decision == nil {
			made.Err = c.explain(batch[i].error.code, &batch[i].error)
		}
	}
	if err := c.end(status); err != nil {
		for i := range out {
			out[i] = Judgement{Err: err}
		}
	}
	return out
}

// acquire keeps both handles open until release.
func (j Job) acquire() error {
	if j.Device == nil || j.Evidence == nil {
		return refuse(ErrArgument, "a job needs a device and evidence")
	}
	if err := j.Device.acquire(); err != nil {
		return err
	}
	if err := j.Evidence.acquire(); err != nil {
		j.Device.release()
		return err
	}
	return nil
}

func (j Job) release() {
	j.Evidence.release()
	j.Device.release()
}
