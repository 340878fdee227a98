//! Which machines a task may reach: all public ones, and the private ones that the configuration names.
//!
//! A task's address may come from data, and a name may resolve to the cloud's metadata service or to a database behind the
//! firewall. So it is the resolved address that is judged, at the moment of connecting, for every redirect again.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A private target that tasks may call: `127.0.0.1:9000`, `10.1.0.0/16`, `intranet.example:8080`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Private {
    target: Target,
    /// Every port if absent.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Network {
        address: IpAddr,
        prefix_bits: u8,
    },
    /// In lower case.
    Name(String),
}

impl Private {
    /// The one port that it is for.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

impl FromStr for Private {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self { target: Target::single(address.ip()), port: Some(address.port()) });
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self { target: Target::single(address), port: None });
        }
        if let Some((address, bits)) = text.split_once('/') {
            return Ok(Self { target: Target::network(address, bits)?, port: None });
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => {
                (name, Some(port.parse().map_err(|_| format!("`{port}` is not a port"))?))
            }
            None => (text, None),
        };
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        if !is_name {
            return Err(format!("`{text}` is not an address, a network or a name"));
        }
        Ok(Self { target: Target::Name(name.to_lowercase()), port })
    }
}

impl Target {
    fn single(address: IpAddr) -> Self {
        Self::Network { address, prefix_bits: width(address) }
    }

    fn network(address: &str, bits: &str) -> Result<Self, String> {
        let address: IpAddr =
            address.parse().map_err(|_| format!("`{address}` is not an address"))?;
        let prefix_bits = bits.parse().ok().filter(|&bits| bits <= width(address));
        let prefix_bits = prefix_bits
            .ok_or_else(|| format!("`/{bits}` is not the length of a network's prefix"))?;
        Ok(Self::Network { address, prefix_bits })
    }

    fn covers(&self, name: Option<&str>, address: IpAddr) -> bool {
        match self {
            Self::Name(it) => name.is_some_and(|name| name.eq_ignore_ascii_case(it)),
            Self::Network { address: network, prefix_bits } => {
                let shift = u32::from(width(address))
                    - u32::from(*prefix_bits).min(u32::from(width(address)));
                width(*network) == width(address)
                    && bits(*network).checked_shr(shift) == bits(address).checked_shr(shift)
            }
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(it) => u128::from(it.to_bits()),
        IpAddr::V6(it) => it.to_bits(),
    }
}

/// The rules for connections to one port.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    open: Arc<[Private]>,
}

impl Gate {
    /// The rules that hold for a port, of all that are configured.
    #[must_use]
    pub(super) fn new(private: &[Private], port: u16) -> Self {
        Self {
            open: private
                .iter()
                .filter(|it| it.port.is_none_or(|own| own == port))
                .cloned()
                .collect(),
        }
    }

    /// Judges an address; `name` is what it was resolved from.
    pub(super) fn check(&self, name: Option<&str>, address: IpAddr) -> Result<(), Refused> {
        if is_public(address) || self.open.iter().any(|it| it.target.covers(name, address)) {
            return Ok(());
        }
        Err(Refused { name: name.map(str::to_owned), address })
    }
}

impl Resolve for Gate {
    /// Resolves a name and leaves out what may not be reached; an error if nothing is left.
    fn resolve(&self, name: Name) -> Resolving {
        let gate = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (mut allowed, mut refused) = (Vec::new(), None);
            for address in found {
                match gate.check(Some(name.as_str()), address.ip()) {
                    Ok(()) => allowed.push(address),
                    Err(error) => refused = Some(error),
                }
            }
            match refused {
                Some(error) if allowed.is_empty() => Err(error.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// The target is private and not configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    name: Option<String>,
    address: IpAddr,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address;
        match &self.name {
            Some(name) => write!(f, "`{name}` is the private address {address}")?,
            None => write!(f, "{address} is a private address")?,
        }
        f.write_str("; to allow it, list it under `private` in `[http]`")
    }
}

impl std::error::Error for Refused {}

/// Whether an address belongs to the public Internet (IANA's registries of special-purpose addresses).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const SPECIAL: [([u8; 4], u32); 15] = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        ([224, 0, 0, 0], 4),
        ([240, 0, 0, 0], 4),
    ];
    SPECIAL.iter().all(|(network, bits)| {
        let shift = 32 - bits;
        address.to_bits() >> shift != u32::from_be_bytes(*network) >> shift
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // Translated to IPv4 by the network (NAT64): the address behind it counts.
    if address.to_bits() >> 32 == Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0).to_bits() >> 32 {
        let [.., high, low] = address.segments();
        return is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    }
    let global_unicast = a & 0xe000 == 0x2000;
    let protocol_assignments = a == 0x2001 && b < 0x0200;
    let documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    let six_to_four = a == 0x2002;
    global_unicast && !protocol_assignments && !documentation && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(private: &[&str], name: Option<&str>, address: &str, port: u16) -> bool {
        let private: Vec<_> = private.iter().map(|it| it.parse().unwrap()).collect();
        Gate::new(&private, port).check(name, address.parse().unwrap()).is_ok()
    }

    #[test]
    fn public_addresses_are_open() {
        for address in [
            "1.1.1.1",
            "172.15.255.255",
            "172.32.0.0",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(allows(&[], None, address, 443), "{address}");
        }
    }

    #[test]
    fn special_addresses_are_closed_in_every_spelling() {
        let closed = "127.0.0.1 0.0.0.0 10.1.2.3 100.64.0.1 169.254.169.254 172.31.255.255 192.168.0.1 198.19.0.1 \
             224.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 \
             2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1";
        for address in closed.split_whitespace() {
            assert!(!allows(&[], None, address, 443), "{address}");
        }
    }

    #[test]
    fn configured_targets_are_open_on_their_port() {
        assert!(allows(&["127.0.0.1:9000"], None, "127.0.0.1", 9000));
        assert!(allows(&["127.0.0.1:9000"], Some("localhost"), "127.0.0.1", 9000));
        assert!(!allows(&["127.0.0.1:9000"], None, "127.0.0.1", 9001));
        assert!(allows(&["::1"], None, "::1", 1));
        assert!(allows(&["[::1]:80"], None, "::1", 80));
        assert!(allows(&["10.1.0.0/16"], None, "10.1.255.1", 80));
        assert!(!allows(&["10.1.0.0/16"], None, "10.2.0.1", 80));
        assert!(allows(&["0.0.0.0/0"], None, "10.2.0.1", 80));
        assert!(!allows(&["0.0.0.0/0"], None, "::1", 80));
        assert!(allows(&["Intranet.example:8080"], Some("intranet.EXAMPLE"), "10.0.0.1", 8080));
        assert!(!allows(&["intranet.example:8080"], Some("other.example"), "10.0.0.1", 8080));
        assert!(!allows(&["intranet.example:8080"], None, "10.0.0.1", 8080));
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in ["", "a b", "10.0.0.0/33", "x/8", "host:port", "http://a", "10.0.0.0/-1"] {
            assert!(text.parse::<Private>().is_err(), "{text:?}");
        }
    }
}
