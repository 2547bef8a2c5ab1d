//! Which GitHub: its address for requests, its pages for people, and a certificate authority of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lastgood_core::error::{Code, Trouble};
use reqwest::{Certificate, Client, Url, redirect};

use crate::loopback::is_loopback;

/// The public GitHub's address for requests.
pub const PUBLIC_API: &str = "https://api.github.com";

/// The public GitHub's name.
pub const PUBLIC_HOST: &str = "github.com";

/// GitHub Enterprise Cloud with data residency lives below this name (GitHub's "About data residency").
const RESIDENT: &str = ".ghe.com";

const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// A GitHub server that a token may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    api: String,
    ca: Option<PathBuf>,
}

impl Server {
    /// The server of this name at its customary address: `/api/v3` for GitHub Enterprise Server.
    ///
    /// # Errors
    /// [`Code::Usage`] where this is no name of a host.
    pub fn of_host(host: &str) -> Result<Self, Trouble> {
        let host = host.trim().to_ascii_lowercase();
        if !is_name(&host) {
            let hint = "Give it as in github.example.com, without https:// and path.";
            return Err(Trouble::new(Code::Usage, "This is no name of a host.", hint));
        }
        if host == PUBLIC_HOST {
            Self::at(PUBLIC_API)
        } else if host.ends_with(RESIDENT) {
            Self::at(&format!("https://api.{host}"))
        } else {
            Self::at(&format!("https://{host}/api/v3"))
        }
    }

    /// The server at this address for requests.
    ///
    /// # Errors
    /// [`Code::AddressInsecure`] for plain http beyond this machine: the token would travel in clear.
    /// [`Code::Usage`] for what is no address.
    pub fn at(api: &str) -> Result<Self, Trouble> {
        let plain = |url: &Url| url.has_host() && url.username().is_empty() && url.query().is_none();
        let Some(url) = Url::parse(api.trim()).ok().filter(plain) else { return Err(no_address()) };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(url.as_str()) => {}
            "http" => return Err(insecure()),
            _ => return Err(no_address()),
        }
        Ok(Self { api: url.as_str().trim_end_matches('/').to_owned(), ca: None })
    }

    /// Trusts the authorities in this PEM file as well, as behind an own certificate authority.
    #[must_use]
    pub fn trusting(self, ca: Option<&Path>) -> Self {
        Self { ca: ca.map(Path::to_path_buf), ..self }
    }

    pub fn api(&self) -> &str {
        &self.api
    }

    /// `github.com`, or the name of the server.
    pub fn host(&self) -> &str {
        let host = authority(&self.api);
        let host = match host.strip_prefix('[') {
            Some(bracketed) => bracketed.split(']').next().unwrap_or(bracketed),
            None => host.split(':').next().unwrap_or(host),
        };
        if self.api == PUBLIC_API {
            PUBLIC_HOST
        } else {
            host.strip_prefix("api.").filter(|rest| rest.ends_with(RESIDENT)).unwrap_or(host)
        }
    }

    /// Where its pages for people begin, such as `https://github.com`.
    pub fn pages(&self) -> String {
        let scheme = self.api.split("://").next().unwrap_or("https");
        let authority = authority(&self.api);
        let named = authority.strip_prefix("api.").filter(|rest| *rest == PUBLIC_HOST || rest.ends_with(RESIDENT));
        format!("{scheme}://{}", named.unwrap_or(authority))
    }

    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.api)
    }

    /// A client for this server alone. Nothing is sent twice by it.
    ///
    /// # Errors
    /// [`Code::CertificateUnreadable`] for the PEM file.
    pub(crate) fn client(&self, redirects: redirect::Policy) -> Result<Client, Trouble> {
        crate::install_crypto();
        let mut client =
            Client::builder().connect_timeout(CONNECT_DEADLINE).redirect(redirects).retry(reqwest::retry::never());
        if self.is_loopback() {
            // A proxy would look for a rehearsal on its own machine.
            client = client.no_proxy();
        }
        if let Some(ca) = &self.ca {
            client = client.tls_certs_merge(authorities(ca)?);
        }
        client.build().map_err(|error| {
            let hint = "Check the address of the server and this machine's certificates.";
            Trouble::new(Code::Internal, format!("The connection to GitHub cannot be set up: {error}."), hint)
        })
    }
}

fn authorities(file: &Path) -> Result<Vec<Certificate>, Trouble> {
    let unreadable = |words: String| {
        let message = format!("The certificates in {} cannot be read: {words}.", file.display());
        Trouble::new(Code::CertificateUnreadable, message, "Give a PEM file with the authority's certificate.")
    };
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&bytes).map_err(|error| unreadable(error.to_string()))?;
    if found.is_empty() { Err(unreadable("it holds none".to_owned())) } else { Ok(found) }
}

/// Letters, digits, dots and hyphens, and a port (RFC 1123, section 2.1).
fn is_name(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    !name.is_empty() && !name.starts_with(['.', '-']) && name.chars().all(plain) && port.parse::<u16>().is_ok()
}

fn authority(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

fn no_address() -> Trouble {
    let hint = "Give it as in https://github.example.com/api/v3.";
    Trouble::new(Code::Usage, "This is no address of a GitHub server.", hint)
}

fn insecure() -> Trouble {
    Trouble::new(
        Code::AddressInsecure,
        "This address is plain http: your token would travel in clear.",
        "Use the server's https address; --ca names the PEM file of an authority of your own.",
    )
}
