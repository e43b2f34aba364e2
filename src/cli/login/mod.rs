//! `callreel login`: a name and a password, or a code at the company's identity provider, for a token in a file of one's own,
//! and a profile that names it.

mod device;

use std::{
    io::{BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{Context, ExitStatus, Failure, Outcome};
use crate::{
    client::{Client, ClientError, ServerAddress, UNTRUSTED, key_of},
    config::{Profile, put_profile, read_secret, write_secret},
    domain::{clean, fingerprint::Fingerprint},
    wire::access::{Credentials, NewSession},
};

/// Sign in to a server, and remember it as a profile
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A server's key is compared once, with what `callreel serve --fingerprint` prints on its machine, and must be \
shown for ever; when it was changed on purpose, the same command with the new --fingerprint accepts it.\nExamples:\n  \
callreel login https://calls.example.org:8400 --profile office\n  \
callreel login https://calls.example.org:8400 --profile office --oidc\n  \
callreel login https://calls.example.org:8400 --profile office --user anna --password-file anna.password"
)]
pub struct Args {
    /// The server: https://host:port, http://127.0.0.1:port or unix:/path/to.sock
    #[arg(value_name = "URL")]
    url: String,
    /// Your name there [default: asked for]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Read the password from this file (mode 0600), or from stdin for `-` [default: asked for]
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Sign in through the company's identity provider: shows a code to type in any browser, and waits
    #[arg(long, conflicts_with_all = ["user", "password_file"])]
    oidc: bool,
    /// The key that the server must show, as `callreel serve --fingerprint` prints it there
    #[arg(long, value_name = "sha256:…")]
    fingerprint: Option<Fingerprint>,
}

/// Signs in.
///
/// # Errors
/// For a key that nobody confirmed, a wrong password, or files that cannot be written.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let address = ServerAddress::parse(&args.url).map_err(Failure::usage)?;
    address.may_carry_secrets().map_err(Failure::usage)?;
    let name = context.global.profile.clone().unwrap_or_else(|| name_of(&address));
    check_name(&name)?;
    let known = known_key(&address, &name, context);
    let pin = match args.fingerprint.or(known) {
        Some(pin) => Some(pin),
        None if address.is_tls() => first_meeting(&address, &name).await?,
        None => None,
    };
    let pin = pin.filter(|_| address.is_tls());
    let address = address.with_fingerprint(pin).with_profile(Some(&name));
    let client = Client::connect(address.clone())?;
    let mut profile = Profile { server: Some(address.url().to_owned()), fingerprint: pin, ..Profile::default() };
    let words = if address.socket().is_some() {
        let me = client.who_am_i().await?;
        format!("on this socket you are {}; nothing needs to be typed", clean::line(&me.name, 100))
    } else {
        // Before a password is typed: a server that cannot be reached, or shows another key, is not worth one.
        reach(&client).await?;
        let session = match args.oidc {
            true => device::sign_in(&client, context).await?,
            false => by_password(&client, args, context).await?,
        };
        let folder = context.config_file.parent().unwrap_or(Path::new("."));
        let file = Path::new("tokens").join(format!("{name}.token"));
        let whole = folder.join(&file);
        write_secret(&whole, &session.token)
            .map_err(|why| Failure::failed(format!("the token cannot be written to {}: {why}", whole.display())))?;
        profile.token_file = Some(file);
        format!("signed in as {}", clean::line(&session.user, 100))
    };
    let active = context.settings.active_profile.is_none() && context.settings.database.is_none();
    put_profile(&context.config_file, &name, &profile, active)?;
    context.say(&format!("{words}; profile \"{name}\" in {}", context.config_file.display()));
    if active {
        context.say(&format!("callreel opens {} from now on; the line active_profile there says so", address.url()));
    }
    if let Some(warning) = client.warning() {
        context.warn(&warning);
    }
    Ok(ExitStatus::Done)
}

async fn by_password(client: &Client, args: Args, context: &Context) -> Result<NewSession, Failure> {
    let user = user(args.user, context)?;
    let password = password(args.password_file.as_deref(), &user)?;
    Ok(client.sign_in(&Credentials { user, password: password.to_string() }).await?)
}

/// The key that was trusted before, under this name or at this address: a profile does not forget it by itself.
fn known_key(address: &ServerAddress, name: &str, context: &Context) -> Option<Fingerprint> {
    let profiles = &context.settings.profiles;
    let same = |profile: &&Profile| profile.server.as_deref().is_some_and(|server| server.trim_end_matches('/') == address.url());
    profiles.get(name).filter(same).or_else(|| profiles.values().find(same)).and_then(|profile| profile.fingerprint)
}

/// A server is met for the first time: those that others vouch for are fine, of all others a person confirms the key.
async fn first_meeting(address: &ServerAddress, name: &str) -> Result<Option<Fingerprint>, Failure> {
    let why = match reach(&Client::connect(address.clone())?).await {
        Ok(()) => return Ok(None),
        Err(ClientError::Unreachable { why, .. }) if why.starts_with(UNTRUSTED) => why,
        Err(error) => return Err(error.into()),
    };
    // The command is this very one.
    let why = why.rsplit_once("; `callreel login").map_or(why.as_str(), |(why, _)| why);
    let key = key_of(address).await?;
    let url = clean::line(address.url(), 200);
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(Failure::usage(format!(
            "{url} is new here, and {why}. Its key is\n  {key}\n\
             Compare that with what `callreel serve --fingerprint` prints on the server's machine; if it is the same:\n  \
             callreel login {url} --profile {name} --fingerprint {key}"
        )));
    }
    let asked = ask(&format!(
        "{url} is new here, and {why}. Its key is\n  {key}\n\
         Compare it with what `callreel serve --fingerprint` prints on the server's machine. Is it the same? (yes/no) "
    ))?;
    if asked.trim().eq_ignore_ascii_case("yes") {
        Ok(Some(key))
    } else {
        Err(Failure::failed("not signed in; nothing was sent to the server"))
    }
}

/// Whether the server answers at all; that it knows nobody yet is an answer.
async fn reach(client: &Client) -> Result<(), ClientError> {
    match client.who_am_i().await {
        Ok(_) => Ok(()),
        Err(ClientError::Problem(problem)) if matches!(problem.status, 401 | 403) => Ok(()),
        Err(error) => Err(error),
    }
}

fn user(named: Option<String>, context: &Context) -> Result<String, Failure> {
    if let Some(user) = named {
        return Ok(user);
    }
    let own = &context.environment.login;
    if !std::io::stdin().is_terminal() {
        return Ok(own.clone());
    }
    let answer = ask(&format!("Name [{own}]: "))?;
    Ok(if answer.trim().is_empty() { own.clone() } else { answer.trim().to_owned() })
}

fn password(file: Option<&Path>, user: &str) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(file) if file == Path::new("-") => {
            let mut line = Zeroizing::new(String::new());
            let read = std::io::stdin().lock().read_line(&mut line);
            read.map_err(|why| Failure::usage(format!("the password cannot be read from stdin: {why}")))?;
            Ok(Zeroizing::new(line.trim_end_matches(['\n', '\r']).to_owned()))
        }
        Some(file) => read_secret(file).map_err(Failure::usage),
        None => {
            let typed = rpassword::prompt_password(format!("Password of {}: ", clean::line(user, 100)));
            typed.map(Zeroizing::new).map_err(|why| {
                Failure::usage(format!("no terminal to ask for the password ({why}); name a file with --password-file"))
            })
        }
    }
}

/// Asks on the terminal.
fn ask(question: &str) -> Result<String, Failure> {
    let failed = |why: std::io::Error| Failure::failed(format!("no answer can be read: {why}"));
    let mut stderr = std::io::stderr();
    stderr.write_all(question.as_bytes()).and_then(|()| stderr.flush()).map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(answer)
}

/// A profile's name where none is said: the host, with the port where it has one.
fn name_of(address: &ServerAddress) -> String {
    let place = address.url().split_once("://").map_or("local", |(_, place)| place);
    let plain = |sign: char| if sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-') { sign } else { '-' };
    place.chars().map(plain).collect::<String>().trim_matches(['-', '.']).to_owned()
}

/// A name goes into a file's name.
fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '-' | '_');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
        return Err(Failure::usage("a profile's name has letters, digits, dots, - and _; name another with --profile"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_named_by_their_host() {
        for (url, name) in [
            ("https://calls.example.org", "calls.example.org"),
            ("http://127.0.0.1:8400", "127.0.0.1-8400"),
            ("https://[::1]:1/x", "--1--1-x"),
            ("unix:/run/callreel.sock", "local"),
        ] {
            let made = name_of(&ServerAddress::parse(url).expect(url));
            assert_eq!(made, name.trim_matches('-'));
            check_name(&made).expect(url);
        }
        for wrong in ["", ".x", "a/b", "a b", "../x"] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }
}
