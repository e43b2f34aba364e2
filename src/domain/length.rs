//! Lengths of time as the product counts them: tenths of a second.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{Schema, Type},
    },
};

/// A length in tenths of a second. On the wire it is seconds with one decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(pub i64);

impl Tenths {
    /// Rounds seconds to the nearest tenth; what is not finite becomes zero.
    pub fn from_seconds(seconds: f64) -> Self {
        if seconds.is_finite() { Self((seconds * 10.0).round() as i64) } else { Self(0) }
    }

    /// Rounds microseconds to the nearest tenth.
    pub const fn from_micros(micros: i64) -> Self {
        Self((micros + 50_000).div_euclid(100_000))
    }

    pub fn seconds(self) -> f64 {
        self.0 as f64 / 10.0
    }

    /// `12:03`, `1:02:03`: whole seconds, rounded down, for columns.
    pub fn clock(self) -> String {
        let whole = self.0.div_euclid(10).max(0);
        let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.seconds())
    }
}

impl<'de> Deserialize<'de> for Tenths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::from_seconds)
    }
}

impl PartialSchema for Tenths {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Number).description(Some("Seconds, with one decimal")).into()
    }
}

impl ToSchema for Tenths {
    fn name() -> Cow<'static, str> {
        "Seconds".into()
    }
}

#[cfg(test)]
mod tests {
    use super::Tenths;

    #[test]
    fn clock_has_hours_only_when_needed() {
        assert_eq!(Tenths(7_239).clock(), "12:03");
        assert_eq!(Tenths(37_230).clock(), "1:02:03");
        assert_eq!(Tenths(-5).clock(), "0:00");
    }

    #[test]
    fn micros_round_to_the_nearest_tenth() {
        assert_eq!(Tenths::from_micros(1_049_999), Tenths(10));
        assert_eq!(Tenths::from_micros(1_050_000), Tenths(11));
    }
}
