//! Which addresses belong to the public internet.
//!
//! Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890, RFC 8190), and
//! RFC 4291, 6052 and 3056 for the forms that carry an IPv4 address within an IPv6 one. What the
//! registries leave open is refused: a guarded client loses nothing by it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One block of addresses and why it is refused.
struct Block<A> {
    network: A,
    prefix_bits: u32,
    reason: &'static str,
}

const fn v4(network: [u8; 4], prefix_bits: u32, reason: &'static str) -> Block<u32> {
    Block { network: u32::from_be_bytes(network), prefix_bits, reason }
}

const fn v6(network: [u16; 8], prefix_bits: u32, reason: &'static str) -> Block<u128> {
    let address = Ipv6Addr::new(
        network[0], network[1], network[2], network[3], network[4], network[5], network[6],
        network[7],
    );
    Block { network: address.to_bits(), prefix_bits, reason }
}

const REFUSED_V4: [Block<u32>; 15] = [
    v4([0, 0, 0, 0], 8, "unspecified"),
    v4([10, 0, 0, 0], 8, "private"),
    v4([100, 64, 0, 0], 10, "shared by a carrier's customers"),
    v4([127, 0, 0, 0], 8, "loopback"),
    v4([169, 254, 0, 0], 16, "link-local"),
    v4([172, 16, 0, 0], 12, "private"),
    v4([192, 0, 0, 0], 24, "reserved for protocols"),
    v4([192, 0, 2, 0], 24, "for documentation"),
    v4([192, 88, 99, 0], 24, "reserved for relays"),
    v4([192, 168, 0, 0], 16, "private"),
    v4([198, 18, 0, 0], 15, "for benchmarks"),
    v4([198, 51, 100, 0], 24, "for documentation"),
    v4([203, 0, 113, 0], 24, "for documentation"),
    v4([224, 0, 0, 0], 4, "multicast"),
    v4([240, 0, 0, 0], 4, "reserved or broadcast"),
];

/// Refused blocks within the global unicast space; outside of `2000::/3` everything is refused
/// except what [`embedded_v4`] unpacks.
const REFUSED_V6: [Block<u128>; 4] = [
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "reserved for protocols (Teredo among them)"),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "for documentation"),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "a 6to4 tunnel"),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "for documentation"),
];

/// Why an address is not on the public internet; `None` where it is.
///
/// An IPv6 address that carries an IPv4 one (`::ffff:a.b.c.d`, `64:ff9b::a.b.c.d`) is judged by
/// the address that it carries. Tunnels (6to4, Teredo) are refused whatever they carry.
#[must_use]
pub fn refusal(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => refusal_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(carried) => refusal_v4(carried),
            None => refusal_v6(address),
        },
    }
}

fn refusal_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let within = |block: &&Block<u32>| (bits ^ block.network) >> (32 - block.prefix_bits) == 0;
    REFUSED_V4.iter().find(within).map(|block| block.reason)
}

fn refusal_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    if address.is_unspecified() {
        return Some("unspecified");
    }
    if address.is_loopback() {
        return Some("loopback");
    }
    if address.is_multicast() {
        return Some("multicast");
    }
    if bits >> 125 != 0b001 {
        return Some("not global (link-local, unique local or reserved)");
    }
    let within = |block: &&Block<u128>| (bits ^ block.network) >> (128 - block.prefix_bits) == 0;
    REFUSED_V6.iter().find(within).map(|block| block.reason)
}

/// The IPv4 address that an IPv4-mapped address or the well-known NAT64 prefix carries.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Some(mapped);
    }
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(address: &str, part_of_reason: Option<&str>) {
        let found = refusal(address.parse().unwrap());
        match part_of_reason {
            None => assert_eq!(found, None, "{address}"),
            Some(part) => {
                let reason = found.unwrap_or_else(|| panic!("{address} was accepted"));
                assert!(reason.contains(part), "{address}: {reason}");
            }
        }
    }

    #[test]
    fn refuses_every_ipv4_block_at_both_ends() {
        for (first, last, reason) in [
            ("0.0.0.0", "0.255.255.255", "unspecified"),
            ("10.0.0.0", "10.255.255.255", "private"),
            ("100.64.0.0", "100.127.255.255", "carrier"),
            ("127.0.0.0", "127.255.255.255", "loopback"),
            ("169.254.0.0", "169.254.255.255", "link-local"),
            ("172.16.0.0", "172.31.255.255", "private"),
            ("192.0.0.0", "192.0.0.255", "protocols"),
            ("192.0.2.0", "192.0.2.255", "documentation"),
            ("192.88.99.0", "192.88.99.255", "relays"),
            ("192.168.0.0", "192.168.255.255", "private"),
            ("198.18.0.0", "198.19.255.255", "benchmarks"),
            ("198.51.100.0", "198.51.100.255", "documentation"),
            ("203.0.113.0", "203.0.113.255", "documentation"),
            ("224.0.0.0", "239.255.255.255", "multicast"),
            ("240.0.0.0", "255.255.255.255", "reserved"),
        ] {
            check(first, Some(reason));
            check(last, Some(reason));
        }
    }

    #[test]
    fn accepts_the_neighbours_of_each_ipv4_block() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "8.8.8.8",
        ] {
            check(address, None);
        }
    }

    #[test]
    fn judges_ipv6() {
        for (address, reason) in [
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::7f00:1", Some("not global")),
            ("::ffff:127.0.0.1", Some("loopback")),
            ("::ffff:10.1.2.3", Some("private")),
            ("::ffff:169.254.169.254", Some("link-local")),
            ("::ffff:8.8.8.8", None),
            ("::ffff:0:127.0.0.1", Some("not global")),
            ("64:ff9b::127.0.0.1", Some("loopback")),
            ("64:ff9b::192.168.1.1", Some("private")),
            ("64:ff9b::8.8.8.8", None),
            ("64:ff9b:1::8.8.8.8", Some("not global")),
            ("100::1", Some("not global")),
            ("2001::1", Some("protocols")),
            ("2001:0:7f00:1::", Some("protocols")),
            ("2001:20::1", Some("protocols")),
            ("2001:1ff:ffff::", Some("protocols")),
            ("2001:200::1", None),
            ("2001:db8::1", Some("documentation")),
            ("2001:4860:4860::8888", None),
            ("2002:7f00:1::", Some("6to4")),
            ("2002:808:808::", Some("6to4")),
            ("2606:4700::1111", None),
            ("3fff:fff::1", Some("documentation")),
            ("3fff:1000::1", None),
            ("4000::1", Some("not global")),
            ("5f00::1", Some("not global")),
            ("fc00::1", Some("not global")),
            ("fd12:3456::1", Some("not global")),
            ("fe80::1", Some("not global")),
            ("fec0::1", Some("not global")),
            ("ff02::1", Some("multicast")),
        ] {
            check(address, reason);
        }
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_as_the_address_it_carries(bits: u32) {
            let plain = Ipv4Addr::from_bits(bits);
            let mapped = IpAddr::V6(plain.to_ipv6_mapped());
            prop_assert_eq!(refusal(mapped), refusal(IpAddr::V4(plain)));
        }

        #[test]
        fn what_the_standard_library_calls_private_is_refused(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            let plainly_local = address.is_private() || address.is_loopback()
                || address.is_link_local() || address.is_multicast()
                || address.is_documentation() || address.is_unspecified()
                || address.is_broadcast();
            prop_assert!(!plainly_local || refusal(IpAddr::V4(address)).is_some());
        }

        #[test]
        fn nothing_outside_global_unicast_is_accepted(bits: u128) {
            let address = Ipv6Addr::from_bits(bits);
            let unicast = bits >> 125 == 1;
            let accepted = refusal(IpAddr::V6(address)).is_none();
            prop_assert!(!accepted || unicast || embedded_v4(address).is_some());
        }
    }
}
