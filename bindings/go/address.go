package trust

// Addresses: what kind of address one is, by the registries of RFC 6890.

// #include <trust/table.h>
import "C"

import (
	"net/netip"
	"unsafe"
)

// AddressClass is what kind of address it is.
type AddressClass uint32

const (
	AddressGlobal         AddressClass = C.TRUST_ADDRESS_GLOBAL
	AddressPrivate        AddressClass = C.TRUST_ADDRESS_PRIVATE // RFC 1918, unique local
	AddressShared         AddressClass = C.TRUST_ADDRESS_SHARED  // carrier-grade NAT, RFC 6598
	AddressLoopback       AddressClass = C.TRUST_ADDRESS_LOOPBACK
	AddressLinkLocal      AddressClass = C.TRUST_ADDRESS_LINK_LOCAL
	AddressMulticast      AddressClass = C.TRUST_ADDRESS_MULTICAST
	AddressDocumentation  AddressClass = C.TRUST_ADDRESS_DOCUMENTATION
	AddressBenchmark      AddressClass = C.TRUST_ADDRESS_BENCHMARK
	AddressReserved       AddressClass = C.TRUST_ADDRESS_RESERVED // anything else that is never routed
	AddressUnspecified    AddressClass = C.TRUST_ADDRESS_UNSPECIFIED
	AddressAnycastService AddressClass = C.TRUST_ADDRESS_ANYCAST_SERVICE // AS112, AMT, 6to4 relay and the like
)

// String is the word for a class, such as "private".
func (c AddressClass) String() string {
	return C.GoString(C.trust_address_class_name(C.uint32_t(c)))
}

// MarshalText makes a class its word in JSON and in logs.
func (c AddressClass) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Embed is how an IPv4 address hides in an IPv6 one.
type Embed uint32

const (
	EmbedNone       Embed = C.TRUST_EMBED_NONE
	EmbedMapped     Embed = C.TRUST_EMBED_MAPPED // never answered: so IPv4 itself is kept
	EmbedCompatible Embed = C.TRUST_EMBED_COMPATIBLE
	Embed6to4       Embed = C.TRUST_EMBED_6TO4
	EmbedTeredo     Embed = C.TRUST_EMBED_TEREDO
	EmbedNAT64      Embed = C.TRUST_EMBED_NAT64
	EmbedISATAP     Embed = C.TRUST_EMBED_ISATAP
)

// ParseAddress reads an address as the library does: no leading zeros, no short forms, no zone.
// IPv4 in its mapped form is IPv4.
func ParseAddress(text string) (netip.Addr, error) {
	var address C.trust_address
	d := lend([]byte(text))
	status := C.trust_address_parse((*C.char)(unsafe.Pointer(&d[0])), C.size_t(len(text)), &address)
	if err := check(status, nil); err != nil {
		return netip.Addr{}, because(err, ErrFormat, "this is no IPv4 or IPv6 address")
	}
	return addrOf(&address), nil
}

// FormatAddress writes an address as the library does: IPv6 as in RFC 5952.
func FormatAddress(address netip.Addr) (string, error) {
	in, err := addressOf(address)
	if err != nil {
		return "", err
	}
	var text [46]C.char
	status := C.trust_address_format(&in, &text[0], C.size_t(len(text)))
	if err := check(status, nil); err != nil {
		return "", err
	}
	return C.GoString(&text[0]), nil
}

// Classify is the class of an address, or of the IPv4 address inside it when that is the worse.
// Without one inner is the zero Addr.
func Classify(address netip.Addr) (class AddressClass, inner netip.Addr, embed Embed, err error) {
	in, err := addressOf(address)
	if err != nil {
		return AddressUnspecified, netip.Addr{}, EmbedNone, err
	}
	var inside C.trust_address
	var how C.uint32_t
	class = AddressClass(C.trust_address_classify(&in, &inside, &how))
	if how != C.TRUST_EMBED_NONE {
		inner = addrOf(&inside)
	}
	return class, inner, Embed(how), nil
}

// addressOf refuses what is no address of one host everywhere: none at all, or one with a zone.
func addressOf(address netip.Addr) (C.trust_address, error) {
	if !address.IsValid() || address.Zone() != "" {
		return C.trust_address{}, refuse(ErrArgument, "an address without a zone is needed")
	}
	bytes := address.As16()
	return *(*C.trust_address)(unsafe.Pointer(&bytes)), nil
}

func addrOf(address *C.trust_address) netip.Addr {
	return netip.AddrFrom16(*(*[16]byte)(unsafe.Pointer(address))).Unmap()
}
