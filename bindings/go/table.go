package trust

// Tables: what is known of addresses. Everything that one is built from is untrusted.

// #include <trust/table.h>
import "C"

import (
	"net/netip"
	"time"
	"unsafe"
)

// ListCategory is what a list says about the addresses on it.
type ListCategory uint32

const (
	ListOther   ListCategory = C.TRUST_LIST_OTHER
	ListVPN     ListCategory = C.TRUST_LIST_VPN
	ListTor     ListCategory = C.TRUST_LIST_TOR
	ListProxy   ListCategory = C.TRUST_LIST_PROXY
	ListHosting ListCategory = C.TRUST_LIST_HOSTING
	ListBlock   ListCategory = C.TRUST_LIST_BLOCK
)

// ListCategoryOf is the category that a list of this name stands for, such as "vpn" or
// "tor-exits"; ListOther for any other name.
func ListCategoryOf(name string) ListCategory {
	d := lend([]byte(name))
	return ListCategory(C.trust_list_category((*C.char)(unsafe.Pointer(&d[0])), C.size_t(len(name))))
}

// SourceFormat is how a source is written.
type SourceFormat uint32

const (
	SourceMMDB SourceFormat = C.TRUST_SOURCE_MMDB // a MaxMind DB file
	SourceCIDR SourceFormat = C.TRUST_SOURCE_CIDR // text: an address or prefix a line
)

// Source is one source to build a table from.
type Source struct {
	Name     string // for messages and reasons; at most 63 bytes
	Format   SourceFormat
	Category ListCategory // of a list; ListCategoryOf(Name) is what its name stands for
	Data     []byte
}

// SourceInfo is what was read from one source.
type SourceInfo struct {
	Name     string
	Type     string // "database_type" of an MMDB, else the category's word
	Format   SourceFormat
	Category ListCategory
	Entries  uint64    // prefixes
	Built    time.Time // as an MMDB says
	Digest   [32]byte  // SHA-256 of the source's bytes
}

// AddressInfo is what the sources say of one address.
type AddressInfo struct {
	Class       AddressClass
	Embed       Embed
	Country     string // ISO 3166-1 alpha-2; empty when not known
	ASN         uint32 // 0 when not known
	Located     bool   // Latitude and Longitude are known
	Latitude    int32  // microdegrees
	Longitude   int32  // likewise
	RadiusKm    uint32 // 0 when not known
	Lists       uint32 // bit i: on source i, in the order of building
	Categories  uint32 // bit c: on a list of category c
	Weight      int    // 0..100: the worst that any list says of it
	NetworkName string // the AS's organisation, cut, escaped; often empty
}

// On says whether the address is on a list of this category.
func (i AddressInfo) On(category ListCategory) bool { return i.Categories>>category&1 != 0 }

// Table is what some sources know of addresses. It never changes: any number of goroutines may use
// one.
type Table struct {
	handle
}

// BuildTable builds a table from at most 16 sources. A source with one bad byte refuses the whole.
func BuildTable(sources []Source) (*Table, error) {
	var memory loan
	defer memory.done()
	list := (*C.trust_table_source)(memory.alloc(len(sources), unsafe.Sizeof(C.trust_table_source{})))
	for i := range sources {
		if memory.err != nil {
			return nil, memory.err
		}
		to := &unsafe.Slice(list, len(sources))[i]
		to.name = memory.text(sources[i].Name)
		to.format = C.uint32_t(sources[i].Format)
		to.category = C.uint32_t(sources[i].Category)
		if data := sources[i].Data; len(data) > 0 {
			to.data.data = (*C.uint8_t)(memory.lend(unsafe.Pointer(&data[0]), len(data)))
			to.data.size = C.size_t(len(data))
		}
	}
	if memory.err != nil {
		return nil, memory.err
	}
	var table *C.trust_table
	var failed C.trust_error
	status := C.trust_table_build(list, C.size_t(len(sources)), nil, &table, &failed)
	if err := check(status, &failed); err != nil {
		return nil, err
	}
	t := new(Table)
	t.own(unsafe.Pointer(table), func(p unsafe.Pointer) { C.trust_table_free((*C.trust_table)(p)) })
	return t, nil
}

func (t *Table) c() *C.trust_table { return (*C.trust_table)(t.pointer) }

// Find looks an address up, and the IPv4 address inside it.
func (t *Table) Find(address netip.Addr) (AddressInfo, error) {
	in, err := addressOf(address)
	if err != nil {
		return AddressInfo{}, err
	}
	if err := t.acquire(); err != nil {
		return AddressInfo{}, err
	}
	defer t.release()
	var out C.trust_address_info
	if err := check(C.trust_table_find(t.c(), &in, &out), nil); err != nil {
		return AddressInfo{}, err
	}
	info := AddressInfo{
		Class:       AddressClass(out.address_class),
		Embed:       Embed(out.embed),
		Country:     C.GoString(&out.country[0]),
		ASN:         uint32(out.asn),
		RadiusKm:    uint32(out.radius_km),
		Lists:       uint32(out.lists),
		Categories:  uint32(out.categories),
		Weight:      int(out.weight),
		NetworkName: C.GoString(&out.network[0]),
	}
	if out.latitude != C.INT32_MIN && out.longitude != C.INT32_MIN {
		info.Located = true
		info.Latitude, info.Longitude = int32(out.latitude), int32(out.longitude)
	}
	return info, nil
}

// Sources are what the table was built from, in that order.
func (t *Table) Sources() ([]SourceInfo, error) {
	if err := t.acquire(); err != nil {
		return nil, err
	}
	defer t.release()
	sources := make([]SourceInfo, int(C.trust_table_source_count(t.c())))
	for i := range sources {
		var at C.trust_table_source_info
		if err := check(C.trust_table_source_at(t.c(), C.size_t(i), &at), nil); err != nil {
			return nil, err
		}
		sources[i] = SourceInfo{
			Name:     C.GoString(at.name),
			Type:     C.GoString(at._type),
			Format:   SourceFormat(at.format),
			Category: ListCategory(at.category),
			Entries:  uint64(at.entries),
			Built:    fromTime(at.built),
			Digest:   *(*[32]byte)(unsafe.Pointer(&at.digest)),
		}
	}
	return sources, nil
}
