package trust

// What takes bytes from outside gets any: an error or an answer, never anything else.

import (
	"context"
	"encoding/json"
	"testing"
	"time"
)

func FuzzBundle(f *testing.F) {
	engine, err := NewEngine(WithClock(atNoon))
	must(f, err)
	device, err := engine.Enroll(context.Background(), "lock-1", Enrolment{})
	must(f, err)
	evidence, err := device.NewEvidence()
	must(f, err)
	f.Add([]byte(`{"device": "lock-1", "items": [{"type": "x/y", "value": 1}]}`), uint32(FromHost))
	f.Add([]byte("{\n}"), uint32(FromDevice))
	f.Fuzz(func(t *testing.T, data []byte, origin uint32) {
		must(t, evidence.Clear())
		err := evidence.AddBundle(Origin(origin), data, nil)
		if err == nil && !json.Valid(data) {
			t.Errorf("%q was read", data)
		}
		if err != nil && evidence.Len() != 0 {
			t.Error("a part was taken")
		}
		_, _ = BundleDevice(data)
	})
}

func FuzzEvidence(f *testing.F) {
	engine, err := NewEngine(WithClock(atNoon), WithPolicy(loadText(f, door)))
	must(f, err)
	device, err := engine.Enroll(context.Background(), "lock-1", Enrolment{})
	must(f, err)
	evidence, err := device.NewEvidence()
	must(f, err)
	f.Add(uint32(FromDevice), TypeEATCWT, []byte{0xd2, 0x84}, int64(0))
	f.Add(uint32(FromHost), TypeAddress, []byte("192.0.2.7"), int64(1))
	f.Fuzz(func(t *testing.T, origin uint32, kind string, data []byte, at int64) {
		must(t, evidence.Clear())
		_ = evidence.Add(Origin(origin), kind, data)
		_ = evidence.AddAddressText(kind)
		_ = evidence.AddMetric(kind, float64(at), time.Unix(at, at))
		_ = evidence.SetChannel(data)
		_ = evidence.SetAttempt(kind)
		_ = evidence.SetRequestID(data)
		decision, err := device.Preview(context.Background(), evidence)
		must(t, err)
		if written, err := decision.MarshalJSON(); err != nil || !json.Valid(written) {
			t.Errorf("%s %v", written, err)
		}
		decision.Close()
		if result, err := engine.Appraise(context.Background(), Appraisal{Type: kind, Data: data}); err == nil {
			must(t, result.Close())
		}
	})
}
