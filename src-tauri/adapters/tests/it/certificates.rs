//! Certificates for `localhost` by an authority that nobody knows.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Writes `ca.pem`, `server.pem` and `server.key` into the folder.
pub(crate) fn make(folder: &Path) {
    let extension =
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n";
    std::fs::write(folder.join("extension"), extension).unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj"];
    let authority = ["-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"];
    openssl(folder, &[&["req"], &key[..], &["/CN=Own authority"], &authority].concat());
    openssl(folder, &[&["req"], &key[..], &["/CN=localhost", "-keyout", "server.key", "-out", "server.csr"]].concat());
    let signing = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl(folder, &[&signing[..], &["-days", "2", "-extfile", "extension", "-out", "server.pem"]].concat());
}

/// For a server with what [`make`] wrote.
pub(crate) fn server(folder: &Path) -> ServerConfig {
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    settings.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(folder).output().expect("the tests need openssl");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
