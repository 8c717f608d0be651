//! Webhooks and addresses of the network.
//!
//! The modules are compiled here from their files: the crate `connect` would bring a whole HTTP
//! client with it, which takes longer to build than everything else together.

use crate::check;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

#[path = "../../connect/src/address.rs"]
mod addresses;
#[path = "../../connect/src/webhook.rs"]
#[allow(dead_code, reason = "the crate uses the rest")]
mod webhooks;

use addresses::refusal;
use webhooks::{Headers, Secret, sign, verify};

/// An address in bytes or in text: one that carries an address of IPv4 is judged as that one, and
/// nothing of the local machine or network is public.
pub fn address(bytes: &[u8]) {
    if let Ok(address) = check::text(bytes).trim().parse::<IpAddr>() {
        check_address(address);
    }
    if let Some((four, _)) = bytes.split_first_chunk::<4>() {
        check_address(IpAddr::V4(Ipv4Addr::from(*four)));
    }
    if let Some((sixteen, _)) = bytes.split_first_chunk::<16>() {
        check_address(IpAddr::V6(Ipv6Addr::from(*sixteen)));
    }
}

fn check_address(address: IpAddr) {
    let refused = refusal(address);
    let never = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    assert!(!never || refused.is_some(), "{address} is taken for public");
    match address {
        IpAddr::V4(four) => {
            let local = four.is_private() || four.is_link_local() || four.is_broadcast();
            assert!(!local || refused.is_some(), "{four} is taken for public");
            assert_eq!(refusal(IpAddr::V6(four.to_ipv6_mapped())), refused, "{four} in IPv6");
        }
        IpAddr::V6(six) => {
            let local = six.is_unique_local() || six.is_unicast_link_local();
            assert!(!local || refused.is_some(), "{six} is taken for public");
        }
    }
}

/// Lines: a secret, an id, a time and signatures; then an empty line and a body. Nothing is
/// verified that was not signed; what is signed is, and not after a change.
pub fn webhook(bytes: &[u8]) {
    let input = check::text(bytes);
    let (head, body) = check::two(&input);
    let mut lines = head.lines();
    let mut line = || lines.next().unwrap_or_default().to_owned();
    let written = line();
    let secret = match Secret::parse(&written) {
        Ok(secret) => secret,
        Err(problem) => {
            assert!(!problem.to_string().is_empty());
            Secret::from_bytes(&[9; 32]).expect("a secret of 32 bytes")
        }
    };
    assert!(Secret::parse(&secret.expose()).as_ref() == Ok(&secret), "written and read");
    let headers = Headers { id: line(), timestamp: line(), signature: line() };
    let (now, body) = (check::now(), body.as_bytes());
    let secrets = [secret];
    let signed = sign(&secrets, &headers.id, now, body);
    assert_eq!(verify(&secrets, &signed, body, now, 0), Ok(()));
    let taken = verify(&secrets, &headers, body, now, u32::MAX).is_ok();
    let known = signed.signature.trim_start_matches("v1,");
    assert!(!taken || headers.signature.contains(known) || headers.timestamp != signed.timestamp);
    let changed = [body, b"x"].concat();
    assert!(verify(&secrets, &signed, &changed, now, 0).is_err(), "a changed body");
    let other = [Secret::from_bytes(&[8; 33]).expect("a secret of 33 bytes")];
    assert!(verify(&other, &signed, body, now, 0).is_err(), "a secret of somebody else");
}
