//! Who is asking.
//!
//! Everybody can write anything into `X-Forwarded-For`. What counts is the address of the connection; only if that
//! belongs to a listed proxy does the header count, and of it only what listed proxies wrote: from the right, the
//! first hop that is not one of them (attack cases A12 and A62).

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// The client's address, as far as it can be believed.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        // Garbage was not written by a proxy of ours: whoever stands before it is the last one known.
        let Some(address) = std::str::from_utf8(hop).ok().and_then(address) else { return client };
        client = address;
        if !is_trusted(&address) {
            return address;
        }
    }
    client
}

/// An address with or without a port, IPv6 with or without brackets and zone.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    if let Ok(socket) = hop.parse::<SocketAddr>() {
        return Some(socket.ip().to_canonical());
    }
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let (bare, _zone) = bare.split_once('%').unwrap_or((bare, ""));
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "::1/128"].iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_who_connected_whatever_they_say() {
        assert_eq!(client("192.0.2.9", &["198.51.100.1"]), "192.0.2.9");
        assert_eq!(client("::ffff:192.0.2.9", &["198.51.100.1"]), "192.0.2.9");
    }

    #[test]
    fn behind_a_proxy_it_is_the_last_hop_that_is_no_proxy() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.66, 198.51.100.1, 10.2.3.4"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.66", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(client("::1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["198.51.100.1:80", "::ffff:10.0.0.9"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["fe80::1%eth0"]), "fe80::1");
    }

    #[test]
    fn without_a_believable_hop_it_is_the_proxy() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        for garbage in ["", "a", "unknown", "198.51.100.1 10.0.0.1", "1.2.3.4.5", "é", "[::1", "-", "%"] {
            assert_eq!(client("10.0.0.1", &[garbage]), "10.0.0.1", "{garbage}");
            assert_eq!(client("10.0.0.1", &[&format!("198.51.100.1, {garbage}")]), "10.0.0.1", "{garbage}");
        }
        assert_eq!(client("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2");
    }
}
