//! Arguments to a face.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
