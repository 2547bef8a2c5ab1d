//! Names and addresses.

use lastgood_core::ids::{RepositorySlug, remote_host, ssh_name, written_host};

#[test]
fn an_address_that_programs_read_differently_names_no_server() {
    for address in [
        "https://evil.example#@github.com/owner/repo.git",
        "https://evil.example?@github.com/owner/repo.git",
        "https://evil.example\\@github.com/owner/repo.git",
        "https://evil.example\t@github.com/owner/repo.git",
        "https://evil.example @github.com/owner/repo.git",
    ] {
        assert_eq!(remote_host(address), None, "{address}");
    }
}

#[test]
fn the_server_of_a_remote_is_found_in_every_form_of_address() {
    for (address, host) in [
        ("https://github.com/acme/shop.git", Some("github.com")),
        ("https://token@github.com:443/acme/shop", Some("github.com")),
        ("ssh://git@ghe.acme.example:2222/acme/shop.git", Some("ghe.acme.example")),
        ("git@github.com:acme/shop.git", Some("github.com")),
        ("https://evil.example/github.com/shop", Some("evil.example")),
        ("/srv/git/acme/shop.git", None),
        ("./shop:old/repository", None),
        ("C:\\git\\shop", None),
        ("", None),
    ] {
        assert_eq!(remote_host(address).as_deref(), host, "{address}");
    }
}

#[test]
fn the_other_names_of_githubs_servers_are_those_servers() {
    for (address, host) in [
        ("git@GitHub.com:acme/shop.git", "github.com"),
        ("https://WWW.github.com/acme/shop", "github.com"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "github.com"),
        ("ssh://git@ssh.acme.ghe.com:443/acme/shop.git", "acme.ghe.com"),
        ("git@acme.ghe.com:acme/shop.git", "acme.ghe.com"),
        ("git@ssh.github.com.evil.example:acme/shop.git", "ssh.github.com.evil.example"),
    ] {
        assert_eq!(remote_host(address).as_deref(), Some(host), "{address}");
    }
}

#[test]
fn a_server_as_it_is_written_keeps_its_name() {
    for (address, host) in [
        ("git@GitHub.com:acme/shop.git", "GitHub.com"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "ssh.github.com"),
        ("git@github-work:acme/shop.git", "github-work"),
    ] {
        assert_eq!(written_host(address), Some(host));
    }
}

#[test]
fn a_name_that_ssh_goes_to_may_be_a_persons_own() {
    assert_eq!(ssh_name("git@github.com-work:acme/shop.git"), Some("github.com-work"));
    assert_eq!(ssh_name("ssh://git@work:22/acme/shop.git"), Some("work"));
    for address in ["https://work/acme/shop.git", "/srv/git/shop", "-oProxyCommand=x:acme/shop", "git@wo rk:acme/shop"]
    {
        assert_eq!(ssh_name(address), None, "{address}");
    }
}

#[test]
fn owner_and_name_come_from_the_end_of_the_address() {
    let slug = |address: &str| RepositorySlug::from_remote(address).map(|slug| slug.to_string());
    for address in [
        "https://github.com/acme/shop.git",
        "git@github.com:acme/shop",
        "ssh://git@github.com/acme/shop.git/",
        "/srv/git/acme/shop.git",
    ] {
        assert_eq!(slug(address).as_deref(), Some("acme/shop"), "{address}");
    }
    assert_eq!(slug("https://github.com/acme/../shop"), None);
    assert_eq!(slug("https://github.com/acme/sh%2Fop"), None);
    assert_eq!(slug("shop"), None);
}
