//! Addresses that a token may go to, and certificates of an own authority.

use lastgood_adapters::github::Github;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::server::Server;
use lastgood_core::error::Code;
use lastgood_core::ids::RepositorySlug;

#[test]
fn a_host_has_its_customary_address_and_its_pages() {
    for (host, api, pages) in [
        ("github.com", "https://api.github.com", "https://github.com"),
        ("github.example.com", "https://github.example.com/api/v3", "https://github.example.com"),
        ("acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com"),
    ] {
        let server = Server::of_host(host).unwrap();
        assert_eq!((server.host(), server.api(), server.pages().as_str()), (host, api, pages));
        assert_eq!(Server::at(api).unwrap(), server);
    }
    for host in ["", "https://github.com", "a/b", "-a", "a b", "user@host", "host:port", "höst"] {
        assert_eq!(Server::of_host(host).unwrap_err().code, Code::Usage, "{host:?}");
    }
}

#[test]
fn plain_http_is_refused_beyond_this_machine() {
    for api in
        ["http://github.example.com/api/v3", "http://10.0.0.7", "http://localhost.example.com", "HTTP://example.com"]
    {
        assert_eq!(Server::at(api).unwrap_err().code, Code::AddressInsecure, "{api}");
        let slug = RepositorySlug::new("acme", "connectias").unwrap();
        let made = Github::new(api, &Secret::new("token"), slug).err();
        assert_eq!(made.unwrap().code, Code::AddressInsecure, "{api}");
    }
    for api in
        ["http://127.0.0.1:8080", "http://[::1]:8080/api/v3", "http://localhost", "https://github.example.com/api/v3/"]
    {
        assert!(Server::at(api).is_ok(), "{api}");
    }
    for api in
        ["", "github.com", "ftp://github.com", "https://token@github.com", "https://github.com/?token=x", "file:///etc"]
    {
        assert_eq!(Server::at(api).unwrap_err().code, Code::Usage, "{api}");
    }
}
