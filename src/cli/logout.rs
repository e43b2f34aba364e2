//! `callreel logout`: ends the session and forgets its token.

use super::{Context, ExitStatus, Failure, Outcome, Place};
use crate::{
    client::ClientError,
    config::{Profile, put_profile},
};

/// End the session of a profile and forget its token; the server and its key stay known
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Signs out.
///
/// # Errors
/// When no profile with a token is meant, or its files cannot be changed.
pub async fn run(_: Args, context: &Context) -> Outcome {
    let settings = &context.settings;
    let named = context.global.profile.as_ref().or(context.environment.profile.as_ref());
    let of_url = context.global.server.as_deref().and_then(|url| {
        let same = |profile: &Profile| profile.server.as_deref().is_some_and(|server| server == url.trim_end_matches('/'));
        settings.profiles.iter().find(|(_, profile)| same(profile)).map(|(name, _)| name)
    });
    let name = named.or(of_url).or(settings.active_profile.as_ref());
    let found = name.and_then(|name| Some((name, settings.profiles.get(name)?)));
    let Some((name, profile)) = found else {
        return Err(Failure::usage("there is nothing to sign out of; name a profile with --profile"));
    };
    let Some(file) = &profile.token_file else {
        context.say(&format!("profile \"{name}\" is signed out already"));
        return Ok(ExitStatus::Done);
    };
    match context.place() {
        Ok(Place::Server(server)) => match context.connect(server)?.end_session("current").await {
            Ok(()) => {}
            // It had ended by itself, or was a token that is no session.
            Err(ClientError::Problem(_)) => {}
            Err(error) => context.warn(&format!("the session goes on at the server until it expires: {error}")),
        },
        Ok(Place::Local(_)) | Err(_) => {}
    }
    match std::fs::remove_file(file) {
        Ok(()) => {}
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
        Err(why) => return Err(Failure::failed(format!("the token {} cannot be removed: {why}", file.display()))),
    }
    put_profile(&context.config_file, name, &Profile { token_file: None, ..profile.clone() }, false)?;
    context.say(&format!("signed out of profile \"{name}\""));
    Ok(ExitStatus::Done)
}
