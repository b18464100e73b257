//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use actix_web::dev::ServiceRequest;
use ipnet::IpNet;

/// The proxies whose word is taken for where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl TrustedProxies {
    /// The address of the caller: of the connection, or, if that is a trusted proxy, the last address in
    /// `X-Forwarded-For` that is none. What stands before it could have been written by anybody.
    pub fn client(&self, request: &ServiceRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        Some(self.behind(peer, &forwarded.collect::<Vec<_>>().join(",")))
    }

    fn behind(&self, peer: IpAddr, forwarded: &str) -> IpAddr {
        let mut client = peer;
        for hop in forwarded.rsplit(',') {
            if !self.0.iter().any(|network| network.contains(&client)) {
                break;
            }
            let hop = hop.trim();
            let address = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip()));
            match address {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(trusted: &[&str], peer: &str, forwarded: &str) -> String {
        let trusted = TrustedProxies(trusted.iter().filter_map(|network| network.parse().ok()).collect());
        peer.parse().map(|peer| trusted.behind(peer, forwarded).to_string()).unwrap_or_default()
    }

    #[test]
    fn an_untrusted_peer_cannot_say_where_it_comes_from() {
        assert_eq!(behind(&[], "192.0.2.1", "198.51.100.7"), "192.0.2.1");
    }

    #[test]
    fn only_the_last_hop_before_the_trusted_ones_counts() {
        assert_eq!(behind(&["10.0.0.0/8"], "10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2"), "198.51.100.7");
        assert_eq!(behind(&["10.0.0.0/8"], "10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(behind(&["10.0.0.0/8"], "10.0.0.1", "198.51.100.7:5678"), "198.51.100.7");
        assert_eq!(behind(&["10.0.0.0/8"], "10.0.0.1", ""), "10.0.0.1");
    }
}
