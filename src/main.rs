//! Arguments to a face.

fn main() -> std::process::ExitCode {
    // One TLS provider in the whole tree; without it the first HTTPS client would panic. A second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    callreel::cli::run(std::env::args_os().collect(), callreel::config::Environment::read(), callreel::face::CONSOLE).into()
}
