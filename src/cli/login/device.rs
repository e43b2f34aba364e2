//! Sign-in through the company's identity provider: a code to type at any browser, and waiting until it was typed.

use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cli::{Context, ExitStatus, Failure},
    client::{Client, ClientError},
    domain::clean,
    wire::access::{DeviceSignIn, NewSession},
};

/// Seconds between two questions, whatever a server says.
const INTERVAL: std::ops::RangeInclusive<u64> = 1..=60;

/// Seconds that anybody is waited for.
const LONGEST: u64 = 30 * 60;

/// Shows the code and waits, with the pauses that the server asks for, until somebody has typed it.
///
/// # Errors
/// When the server has no provider, the provider lets nobody in, the code expires, or Ctrl-C is pressed.
pub(super) async fn sign_in(client: &Client, context: &Context) -> Result<NewSession, Failure> {
    let told = client.ask_for_code().await?;
    // Before anybody is told of it.
    let mut interrupts = signal(SignalKind::interrupt())
        .map_err(|error| Failure::new(ExitStatus::Failed, format!("Ctrl-C cannot be waited for: {error}")))?;
    // Also with --quiet: without it nothing can go on.
    context.ask(&words(&told));
    tokio::select! {
        session = typed(client, &told) => session,
        _ = interrupts.recv() => {
            Err(Failure::new(ExitStatus::Interrupted, "not signed in; the code is of no use any more"))
        }
    }
}

fn words(told: &DeviceSignIn) -> String {
    let (address, code) = (clean::line(&told.address, 300), clean::line(&told.user_code, 60));
    let mut words = format!("Open {address} in any browser and type the code {code}");
    if let Some(whole) = &told.address_with_code {
        words.push_str(&format!("\nor open {}", clean::line(whole, 400)));
    }
    let minutes = told.expires_s.min(LONGEST).div_ceil(60);
    words.push_str(&format!("\nWaiting for at most {minutes} minutes; Ctrl-C ends it."));
    words
}

async fn typed(client: &Client, told: &DeviceSignIn) -> Result<NewSession, Failure> {
    let until = Instant::now() + Duration::from_secs(told.expires_s.min(LONGEST));
    let pause = Duration::from_secs(told.interval_s.clamp(*INTERVAL.start(), *INTERVAL.end()));
    loop {
        tokio::time::sleep(pause).await;
        match client.sign_in_with_code(&told.id).await {
            Ok(Some(session)) => return Ok(session),
            Ok(None) => {}
            // A line that was lost may come back while the code still holds.
            Err(ClientError::Unreachable { .. }) if Instant::now() < until => {}
            Err(error) => return Err(error.into()),
        }
        if Instant::now() >= until {
            return Err(Failure::new(ExitStatus::NotAllowed, "not signed in: nobody typed the code in time; try again"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_cleaned_and_its_times_are_bounded() {
        let told = DeviceSignIn {
            id: "1".to_owned(),
            user_code: "AB\u{1b}[2J".to_owned(),
            address: "https://id.example.org/\u{202e}x".to_owned(),
            address_with_code: Some("https://id.example.org/?code=AB\u{7}".to_owned()),
            expires_s: u64::MAX,
            interval_s: 0,
        };
        let words = words(&told);
        assert!(!words.lines().any(|line| line.chars().any(clean::must_not_show)), "{words:?}");
        assert!(words.contains("30 minutes") && words.contains("id.example.org"), "{words}");
    }
}
