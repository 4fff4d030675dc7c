//! Which addresses may be connected to. An address that somebody typed must not reach the machine itself, its network or
//! its cloud's metadata service, whatever the name resolves to and however often it is asked.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// Public addresses, and what the operator allowed beside them.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<Network>,
}

/// An address with the number of its leading bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Guard {
    /// `allowed` names networks that may be reached although they are not public: `10.1.0.0/16`, `127.0.0.1`.
    ///
    /// # Errors
    /// The first entry that is no network.
    pub fn allowing<'a>(allowed: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let networks = allowed.into_iter().map(str::trim).filter(|text| !text.is_empty()).map(Network::from_str);
        Ok(Self { allowed: networks.collect::<Result<_, _>>()? })
    }

    /// May this very address be connected to?
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = unmapped(address);
        is_public(address) || self.allowed.iter().any(|network| network.contains(address))
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("{text:?} is no network like 10.1.0.0/16 and no address");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most)).ok_or_else(bad)?;
        Ok(Self { address, bits })
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u32::from(own) ^ u32::from(other)).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (u128::from(own) ^ u128::from(other)).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// An IPv4 address that is written as an IPv6 one (mapped, NAT64, 6to4) is judged as what it is.
fn unmapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let parts = six.segments();
    let four = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            four(high, low)
        }
        // The old "compatible" form; :: and ::1 are of IPv6 itself.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => four(high, low),
        _ => address,
    }
}

/// Global unicast by the IANA special-purpose registries (RFC 6890 and its updates).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        // Carrier-grade NAT, protocol assignments, benchmarking.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    // Only 2000::/3 is handed out; from it documentation, Teredo and benchmarking are taken.
    (parts[0] & 0xe000) == 0x2000
        && !(parts[0] == 0x2001 && (parts[1] == 0x0db8 || parts[1] < 0x0200))
        && !(parts[0] == 0x3fff && parts[1] < 0x1000)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_machine_can_reach_is_refused() {
        let guard = Guard::default();
        for address in [
            "127.0.0.1",
            "127.8.9.1",
            "0.0.0.0",
            "10.0.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!guard.permits(address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "172.32.0.1", "100.128.0.1"] {
            assert!(guard.permits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_operator_may_allow_networks() {
        let guard = Guard::allowing(["10.1.0.0/16", " 127.0.0.1 ", "", "fd00::/8"]).unwrap();
        for (address, permitted) in
            [("10.1.255.1", true), ("10.2.0.1", false), ("127.0.0.1", true), ("127.0.0.2", false), ("fd12::1", true)]
        {
            assert_eq!(guard.permits(address.parse().unwrap()), permitted, "{address}");
        }
        assert!(Guard::allowing(["0.0.0.0/0"]).unwrap().permits("127.0.0.1".parse().unwrap()));
        assert!(Guard::allowing(["localhost"]).is_err());
        assert!(Guard::allowing(["10.0.0.0/33"]).is_err());
    }
}
