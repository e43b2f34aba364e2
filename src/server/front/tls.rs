//! The server's certificate: named by its owner, or made at the first start.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
    sync::Arc,
};

use rustls::{
    ServerConfig,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::ParsedCertificate,
};
use tokio_rustls::TlsAcceptor;

use crate::domain::fingerprint::Fingerprint;

/// Years that a certificate of our own lasts. Consoles know the key, which stays when it is made anew.
const YEARS: i32 = 20;

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// A certificate with its key, ready for TLS 1.2 and 1.3.
#[derive(Clone)]
pub struct Certificate {
    configuration: Arc<ServerConfig>,
    fingerprint: Fingerprint,
}

impl Certificate {
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.configuration))
    }
}

/// The certificate that lies in `folder`; made there if there is none. `names` are those it is made for, `year` the present one.
///
/// # Errors
/// A sentence that names the file.
pub fn made(folder: &Path, names: &[String], year: i32) -> Result<Certificate, String> {
    let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
    if !key.exists() || !certificate.exists() {
        make(folder, names, year).map_err(|why| format!("no certificate can be made in {}: {why}", folder.display()))?;
    }
    named(&certificate, &key)
}

fn make(folder: &Path, names: &[String], year: i32) -> io::Result<()> {
    let failed = |why: rcgen::Error| io::Error::other(why.to_string());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let key_file = folder.join(KEY);
    // A key that is there already is one that people trust.
    let key = match fs::read_to_string(&key_file) {
        Ok(text) => rcgen::KeyPair::from_pem(&text).map_err(failed)?,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let key = rcgen::KeyPair::generate().map_err(failed)?;
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key_file)?;
            file.write_all(key.serialize_pem().as_bytes())?;
            file.sync_all()?;
            key
        }
        Err(why) => return Err(why),
    };
    let mut parameters = rcgen::CertificateParams::new(names.to_vec()).map_err(failed)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, names.first().map_or("callreel", String::as_str));
    parameters.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(year + YEARS, 1, 1);
    let made = parameters.self_signed(&key).map_err(failed)?;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(folder.join(CERTIFICATE))?;
    file.write_all(made.pem().as_bytes())?;
    file.sync_all()
}

/// A certificate (with those it rests on) and its key, both in PEM.
///
/// # Errors
/// A sentence that names the file; also for a key that everybody can read.
pub fn named(certificate: &Path, key: &Path) -> Result<Certificate, String> {
    let of = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| of(certificate, &why))?;
    let first = chain.first().ok_or_else(|| of(certificate, &"there is no certificate in it"))?;
    let facts = fs::metadata(key).map_err(|why| of(key, &why))?;
    if facts.mode() & 0o007 != 0 {
        return Err(of(key, &format_args!("everybody can read this key; do: chmod 600 {}", key.display())));
    }
    let parsed = ParsedCertificate::try_from(first).map_err(|why| of(certificate, &why))?;
    let fingerprint = Fingerprint::of_key(&parsed.subject_public_key_info());
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| match why {
        pem::Error::NoItemsFound => of(key, &"there is no private key in it; a key begins with -----BEGIN PRIVATE KEY-----"),
        why => of(key, &why),
    })?;
    let mut configuration = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| of(certificate, &why))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|why| of(key, &why))?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Certificate { configuration: Arc::new(configuration), fingerprint })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_for_our_eyes_only_and_its_key_stays() {
        let folder = tempfile::tempdir().expect("folder");
        let place = folder.path().join("calls.server");
        let names = ["calls.example".to_owned(), "127.0.0.1".to_owned()];
        let first = made(&place, &names, 2026).expect("made").fingerprint();
        let mode = |path: &Path| fs::metadata(path).expect("facts").mode() & 0o777;
        assert_eq!((mode(&place), mode(&place.join(KEY))), (0o700, 0o600));
        assert_eq!(made(&place, &names, 2026).expect("read").fingerprint(), first);
        fs::remove_file(place.join(CERTIFICATE)).expect("removed");
        assert_eq!(made(&place, &names, 2060).expect("renewed").fingerprint(), first);
        fs::set_permissions(place.join(KEY), std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("mode");
        assert!(made(&place, &names, 2026).err().expect("refused").contains("chmod 600"));
        fs::set_permissions(place.join(KEY), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
        fs::write(place.join("empty"), "no key\n").expect("written");
        fs::set_permissions(place.join("empty"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("mode");
        let why = named(&place.join(CERTIFICATE), &place.join("empty")).err().expect("refused");
        assert!(why.contains("empty: there is no private key in it"), "{why}");
        fs::write(place.join(CERTIFICATE), "nothing").expect("written");
        assert!(named(&place.join(CERTIFICATE), &place.join(KEY)).err().expect("refused").contains(CERTIFICATE));
    }
}
