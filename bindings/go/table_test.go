package trust

// Tables and reference values: what is found, what they were built from, and what is refused.

import (
	"crypto/sha256"
	"errors"
	"net/netip"
	"testing"
)

func buildTable(t testing.TB) *Table {
	t.Helper()
	table, err := BuildTable([]Source{
		{Name: "geo", Format: SourceMMDB, Data: readExample(t, "data/geo.mmdb")},
		{Name: "vpn", Format: SourceCIDR, Category: ListCategoryOf("acme-VPN"), Data: readExample(t, "data/vpn.txt")},
		{Name: "empty", Format: SourceCIDR, Category: ListBlock},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

func TestTable(t *testing.T) {
	table := buildTable(t)
	sources, err := table.Sources()
	if err != nil || len(sources) != 3 {
		t.Fatal(sources, err)
	}
	if s := sources[0]; s.Name != "geo" || s.Format != SourceMMDB || s.Entries == 0 || s.Built.IsZero() ||
		s.Digest != sha256.Sum256(readExample(t, "data/geo.mmdb")) {
		t.Errorf("%+v", s)
	}
	if s := sources[1]; s.Category != ListVPN || !s.Built.IsZero() || s.Type != "vpn" {
		t.Errorf("%+v", s)
	}
	info, err := table.Find(netip.MustParseAddr("45.140.8.7"))
	if err != nil || info.Class != AddressGlobal || info.Lists != 2 || !info.On(ListVPN) ||
		info.On(ListTor) || info.Weight == 0 {
		t.Errorf("%+v %v", info, err)
	}
	if info, err := table.Find(netip.MustParseAddr("127.0.0.1")); err != nil || info.Located || info.Country != "" {
		t.Errorf("%+v %v", info, err)
	}
	if _, err := table.Find(netip.Addr{}); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	table.Close()
	if _, err := table.Find(netip.MustParseAddr("127.0.0.1")); err != ErrClosed {
		t.Error(err)
	}
	if _, err := table.Sources(); err != ErrClosed {
		t.Error(err)
	}
}

func TestBuildTableRefuses(t *testing.T) {
	list := func(text string) []Source {
		return []Source{{Name: "list", Format: SourceCIDR, Data: []byte(text)}}
	}
	var failed *Error
	_, err := BuildTable(list("192.0.2.0/24\nnonsense\n"))
	if !errors.Is(err, ErrFormat) || !errors.As(err, &failed) || failed.Line != 2 {
		t.Errorf("%#v", err)
	}
	if _, err := BuildTable([]Source{{Name: "a\x00b", Format: SourceCIDR}}); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if _, err := BuildTable(make([]Source, 17)); err == nil {
		t.Error("17 sources made a table")
	}
	if table, err := BuildTable(nil); err != nil {
		t.Error(err)
	} else {
		table.Close()
	}
}

func FuzzBuildTable(f *testing.F) {
	f.Add(uint32(SourceCIDR), []byte("192.0.2.0/24 50 # a comment\n"))
	f.Add(uint32(SourceMMDB), []byte("\xab\xcd\xefMaxMind.com"))
	f.Fuzz(func(t *testing.T, format uint32, data []byte) {
		table, err := BuildTable([]Source{{Name: "fuzz", Format: SourceFormat(format), Data: data}})
		if err != nil {
			return
		}
		defer table.Close()
		if _, err := table.Find(netip.MustParseAddr("192.0.2.1")); err != nil {
			t.Error(err)
		}
	})
}

func TestReference(t *testing.T) {
	reference, err := LoadReferenceUnsigned(readExample(t, "data/reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	if count, err := reference.Count(); err != nil || count == 0 {
		t.Error(count, err)
	}
	reference.Close()
	if _, err := reference.Count(); err != ErrClosed {
		t.Error(err)
	}
	if _, err := LoadReferenceUnsigned([]byte("[]")); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}

func BenchmarkTableFind(b *testing.B) {
	table := buildTable(b)
	address := netip.MustParseAddr("45.140.8.7")
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if _, err := table.Find(address); err != nil {
			b.Fatal(err)
		}
	}
}
