//! Arguments to a face.

fn main() -> std::process::ExitCode {
    share_the_heap();
    // A child of this program that decodes packets of foreign files: nothing else of the program is wanted.
    if std::env::args_os().nth(1).is_some_and(|first| first == callreel::sound::apart::ARGUMENT) {
        return callreel::sound::apart::serve().map_or(std::process::ExitCode::FAILURE, |()| std::process::ExitCode::SUCCESS);
    }
    callreel::sound::apart::enable();
    // One TLS provider in the whole tree; without it the first HTTPS client would panic. A second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    callreel::cli::run(std::env::args_os().collect(), callreel::config::Environment::read(), callreel::face::CONSOLE).into()
}

/// Where the address space is limited (`ulimit -v`), one heap for all threads: the C library reserves 64 MB for each new one,
/// and a thread that finds no room for its own gets no memory at all, however much is left.
fn share_the_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if rustix::process::getrlimit(rustix::process::Resource::As).current.is_some() {
        #[expect(unsafe_code, reason = "the C library has no other way to say it from within")]
        // SAFETY: no other thread runs yet, and the call changes a number of the allocator only.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, 1);
        }
    }
}
