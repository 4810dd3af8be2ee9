package probe

import "net/netip"

// specialBlock gives the block of addresses with a special purpose that addr lies in: everything that is not plainly a host on
// the public internet (IANA's IPv4 and IPv6 special-purpose address registries, RFC 6890), multicast, and the forms of IPv6 that
// carry an IPv4 address inside.
func specialBlock(addr netip.Addr) (netip.Prefix, bool) {
	v4 := [...]string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	}
	v6 := [...]string{
		"::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
		"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "::/96",
	}
	list := v6[:]
	if addr.Is4() {
		list = v4[:]
	}
	for _, text := range list {
		if block := netip.MustParsePrefix(text); block.Contains(addr) {
			return block, true
		}
	}
	return netip.Prefix{}, false
}
