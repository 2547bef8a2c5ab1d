//! Addresses that never leave this machine.

use std::net::IpAddr;

use reqwest::Url;

/// Whether this address leads to this machine itself; a name that merely begins like it does not.
pub(crate) fn is_loopback(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}
