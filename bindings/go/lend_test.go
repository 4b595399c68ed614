package trust

// Bytes that lie inside a struct with pointers can be lent.

import "testing"

// A buffer inside a struct that holds pointers, as a server keeps one for each connection. cgo's own
// check refuses it unless bytes are lent in the one way that it knows.
type connection struct {
	buffer [4096]byte
	name   *string
}

var kept *connection

func TestLendBufferOfConnection(t *testing.T) {
	name := string([]byte("a name in memory of Go"))
	kept = &connection{name: &name}
	n := copy(kept.buffer[:], readExample(t, "data/reference.json"))
	reference, err := LoadReferenceUnsigned(kept.buffer[:n])
	if err != nil {
		t.Fatal(err)
	}
	reference.Close()
	if _, err := LintPolicy(kept.buffer[:n]); err != nil {
		t.Error(err)
	}
	if _, err := BuildTable([]Source{{Name: "x", Format: SourceCIDR, Data: kept.buffer[:n]}}); err == nil {
		t.Error("JSON is a list of addresses")
	}
}
