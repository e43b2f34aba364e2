//! Telephone numbers: from what an exchange writes to one canonical form (E.164 with `+`, ITU-T E.164 and E.123).

use super::directory::Company;

/// How numbers are dialled here. Without a country code numbers stay as received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberPlan {
    /// Digits of the own country code, such as `48`.
    pub country_code: Option<String>,
    /// Dialled before national numbers, such as `0` or `8`.
    pub national_prefix: Option<String>,
    /// Dialled before foreign numbers; `00` if none is set.
    pub international_prefix: Option<String>,
}

impl From<&Company> for NumberPlan {
    fn from(company: &Company) -> Self {
        Self {
            country_code: company.country_code.clone().filter(|code| !code.is_empty()),
            national_prefix: company.national_prefix.clone().filter(|prefix| !prefix.is_empty()),
            international_prefix: None,
        }
    }
}

/// Longest number of E.164.
const LONGEST: usize = 15;
/// Shorter numbers are extensions, emergency numbers and other codes.
const SHORTEST: usize = 7;

impl NumberPlan {
    /// The canonical form: `+` and digits where it is certain, else the number as it came, without blanks and dashes.
    pub fn canonical(&self, raw: &str) -> String {
        let raw = raw.trim();
        let compact: String = raw.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}')).collect();
        let digits = compact.strip_prefix('+').unwrap_or(&compact);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return raw.to_owned();
        }
        if compact.starts_with('+') {
            return compact;
        }
        self.international(digits).unwrap_or(compact)
    }

    /// `+` and digits for digits as dialled here, if they are certainly a whole number.
    pub fn international(&self, digits: &str) -> Option<String> {
        if digits.len() < SHORTEST || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let abroad = self.international_prefix.as_deref().unwrap_or("00");
        if let Some(rest) = digits.strip_prefix(abroad)
            && !abroad.is_empty()
            && (8..=LONGEST).contains(&rest.len())
            && !rest.starts_with('0')
        {
            return Some(format!("+{rest}"));
        }
        let code = self.country_code.as_deref()?;
        let (least, most) = national_lengths(code);
        let fits = |length: usize| (least..=most).contains(&length);
        if digits.strip_prefix(code).is_some_and(|rest| fits(rest.len())) && !(fits(digits.len()) && least != most) {
            return Some(format!("+{digits}"));
        }
        if let Some(rest) = self.national_prefix.as_deref().and_then(|prefix| digits.strip_prefix(prefix))
            && fits(rest.len())
        {
            return Some(format!("+{code}{rest}"));
        }
        if least == most && digits.len() == least && !digits.starts_with('0') {
            return Some(format!("+{code}{digits}"));
        }
        if digits.strip_prefix(code).is_some_and(|rest| fits(rest.len())) {
            return Some(format!("+{digits}"));
        }
        let foreign = country_code_of(digits)?;
        let (least, most) = national_lengths(foreign);
        let rest = digits.len() - foreign.len();
        (digits.len() > 10 && digits.len() <= LONGEST && (least..=most).contains(&rest)).then(|| format!("+{digits}"))
    }

    /// What a fragment typed from its beginning may stand for: `0601` is `+48601`, `0048601` too.
    pub fn fragment(&self, digits: &str) -> Option<String> {
        let abroad = self.international_prefix.as_deref().unwrap_or("00");
        if let Some(rest) = digits.strip_prefix(abroad).filter(|rest| !rest.is_empty() && !abroad.is_empty()) {
            return Some(format!("+{rest}"));
        }
        let rest = digits.strip_prefix(self.national_prefix.as_deref().unwrap_or("0")).filter(|rest| !rest.is_empty())?;
        self.country_code.as_deref().map(|code| format!("+{code}{rest}"))
    }
}

/// How many digits follow the country code, least and most, as far as national plans are regular.
fn national_lengths(code: &str) -> (usize, usize) {
    match code {
        "1" | "7" | "90" | "91" => (10, 10),
        "48" | "420" | "421" | "34" | "33" | "351" | "31" | "41" | "380" | "375" | "40" | "30" | "359" => {
            if code == "30" {
                (10, 10)
            } else {
                (9, 9)
            }
        }
        "45" | "47" | "370" | "371" | "65" | "852" => (8, 8),
        "44" => (9, 10),
        "36" | "32" | "372" => (7, 9),
        "86" => (10, 11),
        _ => (7, 12),
    }
}

/// Whether so many digits may follow the country code.
pub fn fits_national(code: &str, length: usize) -> bool {
    let (least, most) = national_lengths(code);
    (least..=most).contains(&length)
}

/// The country code that a number without `+` begins with (ITU-T E.164, list of assigned codes).
pub fn country_code_of(digits: &str) -> Option<&str> {
    let first = digits.get(..1)?;
    if matches!(first, "1" | "7") {
        return Some(first);
    }
    let two = digits.get(..2)?;
    match two {
        "20" | "27" | "30" | "31" | "32" | "33" | "34" | "36" | "39" | "40" | "41" | "43" | "44" | "45" | "46" | "47" | "48"
        | "49" | "51" | "52" | "53" | "54" | "55" | "56" | "57" | "58" | "60" | "61" | "62" | "63" | "64" | "65" | "66"
        | "81" | "82" | "84" | "86" | "90" | "91" | "92" | "93" | "94" | "95" | "98" => Some(two),
        _ if first == "0" || !digits.bytes().take(3).all(|byte| byte.is_ascii_digit()) => None,
        _ => digits.get(..3),
    }
}

/// A number as people read it: `+48 601 555 017`. What is not in its international form stays as it is.
pub fn spaced(number: &str) -> String {
    let Some(digits) = number.strip_prefix('+').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) else {
        return number.to_owned();
    };
    let Some(code) = country_code_of(digits).filter(|code| digits.len() > code.len() + 4) else { return number.to_owned() };
    let mut text = format!("+{code}");
    let mut rest = &digits[code.len()..];
    while !rest.is_empty() {
        let group = if rest.len() <= 4 { rest.len() } else { 3 };
        let (first, after) = rest.split_at(group);
        text.push(' ');
        text.push_str(first);
        rest = after;
    }
    text
}

/// Whether this is no number but the exchange's word for a withheld or unknown one.
pub fn is_withheld(raw: &str) -> bool {
    matches!(
        raw.trim().to_ascii_lowercase().as_str(),
        "" | "anonymous"
            | "unknown"
            | "restricted"
            | "private"
            | "unavailable"
            | "withheld"
            | "asterisk"
            | "<unknown>"
            | "-"
            | "s"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(code: &str, national: &str) -> NumberPlan {
        NumberPlan { country_code: Some(code.to_owned()), national_prefix: Some(national.to_owned()), international_prefix: None }
    }

    #[test]
    fn numbers_of_three_countries() {
        for (code, national, raw, expected) in [
            ("48", "0", "0601234567", "+48601234567"),
            ("48", "0", "601 234 567", "+48601234567"),
            ("48", "0", "48601234567", "+48601234567"),
            ("48", "0", "481234567", "+48481234567"),
            ("48", "0", "0048601234567", "+48601234567"),
            ("48", "0", "00420777555090", "+420777555090"),
            ("48", "0", "420777555090", "+420777555090"),
            ("48", "0", "+420 777-555-090", "+420777555090"),
            ("7", "8", "89160000001", "+79160000001"),
            ("7", "8", "79160000001", "+79160000001"),
            ("7", "8", "74951230000", "+74951230000"),
            ("48", "0", "112", "112"),
            ("48", "0", "601", "601"),
            ("48", "0", "*97", "*97"),
            ("48", "0", "anna", "anna"),
        ] {
            assert_eq!(plan(code, national).canonical(raw), expected, "{raw} in {code}");
        }
    }

    #[test]
    fn numbers_are_read_in_groups() {
        for (number, read) in [
            ("+48601555017", "+48 601 555 017"),
            ("+12125550188", "+1 212 555 0188"),
            ("+420777555090", "+420 777 555 090"),
            ("+3615550109", "+36 155 501 09"),
            ("601", "601"),
            ("+112", "+112"),
            ("0601234567", "0601234567"),
        ] {
            assert_eq!(spaced(number), read);
        }
    }

    #[test]
    fn without_a_country_code_numbers_stay() {
        let none = NumberPlan::default();
        assert_eq!(none.canonical("79160000001"), "79160000001");
        assert_eq!(none.canonical("+48 601 234 567"), "+48601234567");
    }

    #[test]
    fn a_fragment_begins_with_the_national_prefix() {
        assert_eq!(plan("48", "0").fragment("0601").as_deref(), Some("+48601"));
        assert_eq!(plan("48", "0").fragment("601"), None);
        assert_eq!(NumberPlan::default().fragment("0601"), None);
    }
}
