//! Configuration: defaults < file < environment < flags. Errors name file, line and key.
//!
//! The environment is read here and nowhere else ([`Environment::read`]); everybody else is handed the value.

mod environment;
mod error;
mod paths;
mod read;
mod secret_file;
mod settings;
mod write;

pub use environment::Environment;
pub use error::ConfigError;
pub use paths::Paths;
pub use secret_file::{read_secret, write_secret};
pub use settings::{
    ConsoleSettings, OidcProvider, Profile, SOUND_CACHE, ServerSettings, Settings, SoundSettings, TEMPLATE, TerminalSettings,
};
pub use write::put_profile;
