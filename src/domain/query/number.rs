//! Fragments of telephone numbers.

use super::{
    QueryContext,
    filter::{NumberFragment, NumberPattern},
};
use crate::domain::number::NumberPlan;

/// What people dial in front of a national number where the company's settings do not say.
const USUAL_NATIONAL_PREFIX: &str = "0";

/// A text as a fragment of a number; none if it is none. Blanks, dashes, dots, slashes and parentheses are ignored,
/// leading `00` is `+`, `^` binds to the start, `*` leaves its end open and binds the other, and what begins with the
/// national prefix also stands for its international form.
pub(super) fn pattern(text: &str, context: &QueryContext) -> Option<NumberPattern> {
    let text = text.trim();
    let (caret, text) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let (open_start, text) = text.strip_prefix('*').map_or((false, text), |rest| (true, rest));
    let (open_end, text) = text.strip_suffix('*').map_or((false, text), |rest| (true, rest));
    let mut digits = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '0'..='9' | '#' => digits.push(character),
            '+' if digits.is_empty() => digits.push('+'),
            ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')' => {}
            _ => return None,
        }
    }
    if !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // No country code begins with 0, so `000` is a piece of some number.
    if let Some(rest) = digits.strip_prefix("00").filter(|rest| !open_start && !rest.is_empty() && !rest.starts_with('0')) {
        digits = format!("+{rest}");
    }
    let from_start = caret || digits.starts_with('+') || (open_end && !open_start);
    let to_end = open_start && !open_end;
    let mut fragments = vec![NumberFragment { digits: digits.clone(), from_start, to_end }];
    if !open_start && let Some(international) = international(&digits, context) {
        fragments.push(NumberFragment { digits: international, from_start: true, to_end });
    }
    Some(NumberPattern { fragments })
}

/// A text as a whole number, in every form that it certainly stands for; what has no digits is an address as the exchange
/// gave it.
pub(super) fn whole(text: &str, context: &QueryContext) -> NumberPattern {
    let text = text.trim();
    let digits = pattern(text, context).filter(|_| !text.contains(['^', '*']));
    let mut forms: Vec<String> = match digits {
        Some(pattern) => pattern.fragments.into_iter().map(|fragment| fragment.digits).collect(),
        None => vec![text.to_owned()],
    };
    let plan = NumberPlan {
        country_code: context.country_code.clone().filter(|code| !code.is_empty()),
        national_prefix: context.national_prefix.clone().filter(|prefix| !prefix.is_empty()),
        international_prefix: None,
    };
    forms.push(plan.canonical(text));
    let mut fragments: Vec<NumberFragment> = Vec::new();
    for digits in forms {
        if fragments.iter().all(|known| known.digits != digits) {
            fragments.push(NumberFragment { digits, from_start: true, to_end: true });
        }
    }
    NumberPattern { fragments }
}

/// `0601…` as `+48601…`, by the company's country code and national prefix.
fn international(digits: &str, context: &QueryContext) -> Option<String> {
    let code = context.country_code.as_deref().filter(|code| !code.is_empty())?;
    let prefix = context.national_prefix.as_deref().filter(|prefix| !prefix.is_empty()).unwrap_or(USUAL_NATIONAL_PREFIX);
    let rest = digits.strip_prefix(prefix).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() && c != '0'))?;
    Some(format!("+{}{rest}", code.trim_start_matches('+')))
}

/// A word that means a number where no field says so: three digits or more, or `+` or `^` first.
pub(super) fn is_number_word(word: &str) -> bool {
    let inner = word.trim_start_matches(['^', '*']).trim_end_matches('*');
    let shaped = inner.strip_prefix('+').unwrap_or(inner).chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | '/'));
    let digits = inner.bytes().filter(u8::is_ascii_digit).count();
    shaped && digits > 0 && (digits >= 3 || word.starts_with(['+', '^']))
}
