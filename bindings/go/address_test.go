package trust

// Addresses as the library reads, writes and classifies them.

import (
	"errors"
	"net/netip"
	"testing"
	"testing/quick"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		address, inner string
		class          AddressClass
		embed          Embed
	}{
		{"203.0.113.9", "", AddressDocumentation, EmbedNone},
		{"::ffff:10.0.0.1", "", AddressPrivate, EmbedNone},
		{"8.8.8.8", "", AddressGlobal, EmbedNone},
		{"2002:0a00:0001::", "10.0.0.1", AddressPrivate, Embed6to4},
		{"64:ff9b::8.8.8.8", "8.8.8.8", AddressGlobal, EmbedNAT64},
		{"::1", "", AddressLoopback, EmbedNone},
	} {
		class, inner, embed, err := Classify(netip.MustParseAddr(c.address))
		if err != nil || class != c.class || embed != c.embed || inner.IsValid() != (c.inner != "") ||
			inner.IsValid() && inner.String() != c.inner {
			t.Errorf("%s: %v %v %v %v", c.address, class, inner, embed, err)
		}
	}
	for _, bad := range []netip.Addr{{}, netip.MustParseAddr("fe80::1%eth0")} {
		if _, _, _, err := Classify(bad); !errors.Is(err, ErrArgument) {
			t.Errorf("%v: %v", bad, err)
		}
		if _, err := FormatAddress(bad); !errors.Is(err, ErrArgument) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// Both read and write addresses; what the library takes must be what Go means.
func TestAddressAsInGo(t *testing.T) {
	same := func(bytes [16]byte) bool {
		address := netip.AddrFrom16(bytes).Unmap()
		text, err := FormatAddress(address)
		if err != nil {
			return false
		}
		ours, err := ParseAddress(text)
		theirs, wrong := netip.ParseAddr(text)
		return err == nil && wrong == nil && ours == address && theirs == address
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "1.2.3", "01.2.3.4", "fe80::1%1", "1.2.3.4\x00", ":::"} {
		if _, err := ParseAddress(text); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("192.0.2.1")
	f.Add("2001:db8::1")
	f.Fuzz(func(t *testing.T, text string) {
		ours, err := ParseAddress(text)
		if err != nil {
			return
		}
		if theirs, err := netip.ParseAddr(text); err != nil || theirs.Unmap() != ours {
			t.Errorf("%q: %v, %v %v", text, ours, theirs, err)
		}
	})
}
