//! Why a line did not come about, or broke: in words that say what now.

use std::{error::Error, io};

use rustls::{CertificateError, Error as TlsError};

use super::{ServerAddress, address::Line, transport::CONNECT};
use crate::domain::clean;

/// How the reason begins where a certificate is the trouble; then a person may look at its key.
pub const UNTRUSTED: &str = "its certificate is not trusted";

/// Characters of a library's own words, where nothing better is known.
const WORDS: usize = 300;

type Cause<'a> = &'a (dyn Error + 'static);

/// Why nobody can be reached at this address.
pub(super) fn unreachable(error: Cause<'_>, address: &ServerAddress) -> String {
    causes(error).find_map(|cause| told(cause, address)).unwrap_or_else(|| {
        let words = chain(error);
        // The resolver's errors have no type of their own.
        if words.contains("dns error") || words.contains("failed to lookup address") {
            let host = address.host().map(|(host, _)| host).unwrap_or_default();
            return format!("the name {} is not known; check how it is written", clean::line(&host, 200));
        }
        if words.contains("deadline has elapsed") || words.contains("timed out") {
            return silent();
        }
        words
    })
}

/// Why an answer that had begun did not end.
pub(super) fn broken(error: Cause<'_>) -> String {
    let cut = causes(error).any(|cause| {
        let lost = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
        cause.downcast_ref::<io::Error>().is_some_and(|error| lost.contains(&error.kind()))
            || cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message)
    });
    if cut { "the line was cut before the end".to_owned() } else { chain(error) }
}

fn told(cause: Cause<'_>, address: &ServerAddress) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<TlsError>() {
        return Some(of_tls(error, address));
    }
    if let Some(error) = cause.downcast_ref::<hyper::Error>()
        && (error.is_parse() || error.is_incomplete_message())
    {
        return Some(no_http(address));
    }
    let error = cause.downcast_ref::<io::Error>().filter(|error| error.get_ref().is_none())?;
    let socket = matches!(address.line(), Line::Socket(_));
    let words = match error.kind() {
        io::ErrorKind::NotFound if socket => {
            "there is no such socket: `callreel serve` does not run, or listens at another path".to_owned()
        }
        io::ErrorKind::PermissionDenied if socket => "this account may not use the socket, which is for the account that runs \
                                                      the server and for its group; ask who runs it to add you, or sign in over \
                                                      the network with `callreel login`"
            .to_owned(),
        io::ErrorKind::ConnectionRefused if socket => {
            "nobody listens at this socket any more; start `callreel serve`, which replaces it".to_owned()
        }
        io::ErrorKind::ConnectionRefused => {
            "nobody listens there; is `callreel serve` running, and are address and port right?".to_owned()
        }
        io::ErrorKind::TimedOut => silent(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "no way leads to that machine; check the network".to_owned()
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => no_http(address),
        _ => return None,
    };
    Some(words)
}

fn silent() -> String {
    format!("no answer within {} seconds; is the machine on, and does a firewall let this port through?", CONNECT.as_secs())
}

/// The line was there, and what came over it was no HTTP.
fn no_http(address: &ServerAddress) -> String {
    match address.line() {
        Line::Plain => "what listens there does not answer plain HTTP; if it speaks TLS, write https:// instead of http://",
        Line::Tls => "it closed the line without an answer",
        Line::Socket(_) => "what listens at this socket does not answer as callreel does",
    }
    .to_owned()
}

fn of_tls(error: &TlsError, address: &ServerAddress) -> String {
    let untrusted = |why: &str| format!("{UNTRUSTED}: {why}; `callreel login URL` shows its key, to compare and to remember");
    match error {
        TlsError::InvalidMessage(_) => {
            let loopback =
                if address.is_loopback() { "" } else { " (which carries no password and no token to another machine)" };
            format!("what listens there does not speak TLS; if it speaks plain HTTP, write http:// instead of https://{loopback}")
        }
        TlsError::InvalidCertificate(why) => match why {
            CertificateError::NotValidForName => untrusted("it is made out to another name"),
            CertificateError::NotValidForNameContext { presented, .. } => {
                let names: Vec<String> = presented.iter().take(5).map(|name| clean::line(name, 80)).collect();
                untrusted(&format!("it is made out to another name ({})", names.join(", ")))
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => untrusted("it has expired"),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                untrusted("it is not valid yet; is the clock of this machine right?")
            }
            CertificateError::UnknownIssuer => untrusted("nobody that this machine knows vouches for it"),
            other => untrusted(&clean::line(&other.to_string(), WORDS)),
        },
        other => format!("TLS failed: {}", clean::line(&other.to_string(), WORDS)),
    }
}

/// An error and what caused it. An I/O error that wraps another one does not give it as its source.
fn causes<'a>(error: Cause<'a>) -> impl Iterator<Item = Cause<'a>> {
    std::iter::successors(Some(error), |error: &Cause<'a>| {
        let error: Cause<'a> = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

/// The whole chain of causes: the outermost sentence alone hides why.
fn chain(error: Cause<'_>) -> String {
    let mut words = String::new();
    for cause in causes(error).map(ToString::to_string) {
        if !words.contains(&cause) {
            words = if words.is_empty() { cause } else { format!("{words}: {cause}") };
        }
    }
    clean::line(&words, WORDS)
}
