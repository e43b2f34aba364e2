//! TLS to a server that is known by its key: the certificate's names and dates do not matter, its key does.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::{ClientError, Result, ServerAddress, certificate, transport::shown as named, trouble};
use crate::domain::fingerprint::Fingerprint;

/// Checks the key, and remembers what it saw.
#[derive(Debug)]
pub(super) struct Pinned {
    /// None: any key will do, for looking at it only. No secret is ever sent then.
    wanted: Option<Fingerprint>,
    seen: Mutex<Option<Fingerprint>>,
    /// When the certificate ended, if it has.
    ended: OnceLock<Timestamp>,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    pub(super) fn wanting(key: Fingerprint) -> Arc<Self> {
        Self::new(Some(key))
    }

    fn new(wanted: Option<Fingerprint>) -> Arc<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Arc::new(Self { wanted, seen: Mutex::default(), ended: OnceLock::new(), provider })
    }

    /// TLS 1.2 and 1.3 with this check.
    pub(super) fn configuration(self: &Arc<Self>) -> std::result::Result<ClientConfig, Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider)).with_safe_default_protocol_versions()?;
        let check: Arc<dyn ServerCertVerifier> = Arc::<Self>::clone(self);
        Ok(builder.dangerous().with_custom_certificate_verifier(check).with_no_client_auth())
    }

    /// The key that was shown last.
    pub(super) fn seen(&self) -> Option<Fingerprint> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to say when it was another key than the wanted one. There is no way to go on but to compare and sign in anew.
    pub(super) fn mismatch(&self, address: &ServerAddress) -> Option<String> {
        let (wanted, seen) = (self.wanted?, self.seen()?);
        let profile = address.profile().map(|name| format!(" --profile {name}")).unwrap_or_default();
        (wanted != seen).then(|| {
            format!(
                "it shows another key than the trusted one, so nothing was sent to it.\n  expected {wanted}\n  shown    {seen}\n\
                 Somebody may stand between you and the server: then it looks just like this.\n\
                 If the key was changed on purpose, whoever runs the server knows: `callreel serve --fingerprint` prints it\n\
                 there, and so does the start of `callreel serve`. Only if that is the key shown above, accept it by\n  callreel login {} --fingerprint sha256:…{profile}",
                named(address)
            )
        })
    }

    pub(super) fn warning(&self) -> Option<String> {
        let ended = self.ended.get()?;
        Some(format!("the server's certificate ended on {}; its key is the trusted one", ended.strftime("%Y-%m-%d")))
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        let key = ParsedCertificate::try_from(end_entity)?.subject_public_key_info();
        let shown = Fingerprint::of_key(&key);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        if self.wanted.is_some_and(|wanted| wanted != shown) {
            return Err(Error::General("another key".to_owned()));
        }
        if let Some(end) = certificate::ends(end_entity)
            && u64::try_from(end.as_second()).unwrap_or_default() < now.as_secs()
        {
            let _ = self.ended.set(end);
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The key that a server shows, for a person to compare. Nothing is sent to it.
///
/// # Errors
/// When nobody answers there, or what answers does not speak TLS.
pub async fn key_of(address: &ServerAddress) -> Result<Fingerprint> {
    let unreachable = |why: String| ClientError::Unreachable { place: named(address), why };
    let (host, port) = address.host().ok_or_else(|| unreachable("a socket has no certificate".to_owned()))?;
    let check = Pinned::new(None);
    let configuration = check.configuration().map_err(|error| unreachable(error.to_string()))?;
    let name = ServerName::try_from(host.clone()).map_err(|error| unreachable(error.to_string()))?;
    let handshake = async {
        let line = tokio::net::TcpStream::connect((host.as_str(), port)).await?;
        tokio_rustls::TlsConnector::from(Arc::new(configuration)).connect(name, line).await
    };
    match tokio::time::timeout(super::transport::CONNECT, handshake).await {
        Ok(Ok(_)) => check.seen().ok_or_else(|| unreachable("it showed no certificate".to_owned())),
        Ok(Err(error)) => Err(unreachable(trouble::unreachable(&error, address))),
        Err(_) => Err(unreachable("it does not answer".to_owned())),
    }
}
