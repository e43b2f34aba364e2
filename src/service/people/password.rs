//! Passwords: argon2id with the least parameters that OWASP names (19 MiB, 2 passes, 1 lane), as PHC strings.

use std::cell::RefCell;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordHasher, PasswordVerifier,
        phc::{Output, PasswordHash},
    },
};

use crate::{
    domain::clean,
    service::{Result, ServiceError},
};

const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Characters of a password, and its bytes at most.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;
/// Different characters that a password has at least.
const DIFFERENT: usize = 5;

/// Of no password. Who names an unknown account waits for it as others wait for theirs.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2FsbHJlZWwtZHVtbXktMQ$aGVyZSBpcyBubyBwYXNzd29yZCBhdCBhbGwsIG5vbmU";

/// One a line, folded: whole passwords, and words that are as common with digits and signs around them.
const COMMON: &str = include_str!("common_passwords.txt");

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Takes a good tenth of a second: beside the runtime.
pub(super) fn hash(password: &str) -> Result<String> {
    let hashed: PasswordHash = argon2()
        .hash_password(password.as_bytes())
        .map_err(|error| ServiceError::Storage(format!("the password could not be hashed: {error}")))?;
    Ok(hashed.to_string())
}

/// Whether it is the password. Without a kept one it takes as long and is never right.
pub(super) fn verify(password: &str, kept: Option<&str>) -> bool {
    let right = PasswordHash::new(kept.unwrap_or(DUMMY))
        .is_ok_and(|phc| compared(password, &phc).unwrap_or_else(|| argon2().verify_password(password.as_bytes(), &phc).is_ok()));
    right && kept.is_some()
}

thread_local! {
    /// What a thread hashes in, kept for its next one: from the allocator it would be 19 MiB anew each time, with holes between.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Compares in the thread's own memory. None: made otherwise than ours are.
fn compared(password: &str, phc: &PasswordHash) -> Option<bool> {
    let ours = phc.algorithm == Algorithm::Argon2id.ident() && phc.version == Some(Version::V0x13.into());
    let (salt, kept) = phc.salt.as_ref().zip(phc.hash.as_ref()).filter(|_| ours)?;
    let params = Params::try_from(phc).ok()?;
    let blocks = params.block_count();
    let mut found = vec![0; kept.as_bytes().len()];
    MEMORY.with_borrow_mut(|memory| {
        memory.resize(blocks, Block::default());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), &mut found, &mut memory[..]).ok()
    })?;
    // Outputs are compared in constant time.
    Some(Output::new(&found).is_ok_and(|found| found == *kept))
}

/// Whether a kept hash was made with weaker parameters than those of today.
pub(super) fn is_old(kept: &str) -> bool {
    let Ok(phc) = PasswordHash::new(kept) else { return false };
    let params = Params::try_from(&phc).ok();
    phc.algorithm != Algorithm::Argon2id.ident()
        || params.is_none_or(|params| (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES))
}

/// Refuses what would be guessed.
pub(super) fn check(user: &str, password: &str) -> Result<()> {
    let refuse = |why: &str| Err(ServiceError::Invalid(format!("{why}; choose another password")));
    if password.chars().count() < SHORTEST {
        return refuse(&format!("a password has at least {SHORTEST} characters"));
    }
    if password.len() > LONGEST {
        return refuse(&format!("a password has at most {LONGEST} bytes"));
    }
    let folded = clean::fold(password);
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT {
        return refuse("the password repeats a few characters");
    }
    // A common word with digits and signs around it is as common.
    let core = folded.trim_matches(|character: char| !character.is_alphabetic());
    if COMMON.lines().any(|common| !common.is_empty() && (common == folded || common == core)) {
        return refuse("many people have that password, and who guesses begins with it");
    }
    let name = clean::fold(user);
    if folded.contains(&name) && folded.chars().count() < name.chars().count() + SHORTEST / 2 {
        return refuse("the password is hardly more than the user's name");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_kept_as_owasp_says() {
        let kept = hash("correct horse battery").expect("hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse battery", Some(&kept)));
        assert!(!verify("correct horse batterz", Some(&kept)));
        assert!(!is_old(&kept));
        assert!(is_old(&kept.replace("m=19456", "m=9728")));
        assert!(is_old(&kept.replace("$argon2id$", "$argon2i$")));
    }

    #[test]
    fn unknown_accounts_cost_the_same_hash() {
        let phc = PasswordHash::new(DUMMY).expect("a PHC string");
        assert!(!is_old(DUMMY) && phc.hash.is_some() && phc.salt.is_some(), "it is hashed like any other");
        assert!(!verify("anything at all", None));
    }

    #[test]
    fn what_would_be_guessed_is_refused() {
        for (user, password) in [
            ("anna", "short"),
            ("anna", "elevenchars"),
            ("anna", "aaaaaaaaaaaaaaaa"),
            ("anna", "abababababab"),
            ("anna", "Password1234"),
            ("anna", "PASSWORD!!!!2026"),
            ("anna", "123456789012"),
            ("anna", "qwertyuiop123"),
            ("anna.nowak", "anna.nowak12"),
            ("anna", &"x1y2z3".repeat(500)),
        ] {
            assert!(matches!(check(user, password), Err(ServiceError::Invalid(_))), "{password}");
        }
        for password in ["correct horse battery", "żółta łódź płynie", "kX7#mPq2vL9z", "anna likes long walks"] {
            check("anna", password).expect(password);
        }
    }
}
