//! Whole numbers between bounds, as clients may write them: `7`, and `7.0`, which JSON Schema counts among the integers.

use std::{fmt, marker::PhantomData};

use serde::{Deserializer, de};

/// The largest whole number that every program reads exactly: 2^53 - 1.
pub const MOST: i64 = 9_007_199_254_740_991;

/// For `#[serde(default, deserialize_with)]` of a parameter of an address, which comes as text.
///
/// # Errors
/// For what is no whole number from `LEAST` to `GREATEST`.
pub fn text<'de, D, T, const LEAST: i64, const GREATEST: i64>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    deserializer.deserialize_option(Whole::<T, LEAST, GREATEST> { is_text: true, of: PhantomData })
}

/// As [`text`], of a JSON body: a number or null.
///
/// # Errors
/// For what is no whole number from `LEAST` to `GREATEST`.
pub fn number<'de, D, T, const LEAST: i64, const GREATEST: i64>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    deserializer.deserialize_option(Whole::<T, LEAST, GREATEST> { is_text: false, of: PhantomData })
}

/// As [`number`], which must be there.
///
/// # Errors
/// For what is no whole number from `LEAST` to `GREATEST`.
pub fn needed<'de, D, T, const LEAST: i64, const GREATEST: i64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let found: Option<T> = number::<D, T, LEAST, GREATEST>(deserializer)?;
    found.ok_or_else(|| de::Error::custom(format!("a whole number from {LEAST} to {GREATEST} is missing")))
}

struct Whole<T, const LEAST: i64, const GREATEST: i64> {
    is_text: bool,
    of: PhantomData<T>,
}

impl<'de, T: TryFrom<i64>, const LEAST: i64, const GREATEST: i64> de::Visitor<'de> for Whole<T, LEAST, GREATEST> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {LEAST} to {GREATEST}")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        let within = (LEAST..=GREATEST).contains(&value).then(|| T::try_from(value).ok()).flatten();
        within.map(Some).ok_or_else(|| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::invalid_value(de::Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.fract() == 0.0 && value.abs() <= MOST as f64 {
            return self.visit_i64(value as i64);
        }
        Err(E::invalid_value(de::Unexpected::Float(value), &self))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        match (self.is_text, value.parse::<i64>(), value.parse::<f64>()) {
            (true, Ok(value), _) => self.visit_i64(value),
            (true, _, Ok(value)) => self.visit_f64(value),
            _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    #[derive(serde::Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "super::number::<_, _, 1, 500>")]
        limit: Option<usize>,
    }

    #[test]
    fn whole_numbers_come_in_several_forms_and_bounds_hold() {
        let read = |text: &str| serde_json::from_str::<Body>(text).map(|body| body.limit).ok();
        for (text, value) in
            [("{}", None), (r#"{"limit":null}"#, None), (r#"{"limit":7}"#, Some(7)), (r#"{"limit":500.0}"#, Some(500))]
        {
            assert_eq!(read(text), Some(value), "{text}");
        }
        for wrong in ["0", "501", "7.5", "-1", "1e300", "\"7\"", "true", "[]", "18446744073709551615"] {
            assert_eq!(read(&format!("{{\"limit\":{wrong}}}")), None, "{wrong}");
        }
    }
}
