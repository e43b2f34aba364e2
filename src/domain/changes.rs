//! The same change to many calls at once, and what it found before, so that it can be taken back exactly.

use serde::{Deserialize, Serialize};

use super::length::Tenths;

/// What is to be done to calls. Only what is named changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Public ids, at most 1,000.
    pub calls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flagged: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove_tags: Vec<String>,
    /// Outer none: the cases stay. Inner null: the calls are untied.
    #[serde(skip_serializing_if = "Option::is_none", with = "some")]
    pub case: Option<Option<String>>,
    /// Comes to each of the calls as a note of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteDraft>,
    /// Notes of these calls that go: those that an earlier change made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove_notes: Vec<NoteVersion>,
}

/// A note to be written, or the new text of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoteDraft {
    pub text: String,
    /// Seconds from the start of the recording; null for the whole call.
    pub at: Option<Tenths>,
}

/// A note as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoteVersion {
    pub note: String,
    #[serde(deserialize_with = "super::whole::needed::<_, _, 0, { super::whole::MOST }>")]
    #[schema(minimum = 0)]
    pub version: i64,
}

/// What came of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Changed {
    /// The calls in which something changed, with what was there before.
    pub changed: Vec<ChangedCall>,
    /// Ids of calls that are not there any more, or outside one's projects.
    pub gone: Vec<String>,
    /// Ids of notes that were to go and did not: gone already, of another call, or edited since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes_kept: Vec<String>,
}

/// One call that was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ChangedCall {
    pub id: String,
    /// The flag was turned over.
    pub flag_turned: bool,
    /// Tags that it did not have, and has now; tags that it had.
    pub tags_added: Vec<String>,
    pub tags_removed: Vec<String>,
    /// The case that it was tied to before; none: the case did not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_before: Option<Former>,
    /// The note that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteVersion>,
    /// Ids of the notes that went.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes_removed: Vec<String>,
}

/// A value that was there before; null: there was none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Former {
    pub value: Option<String>,
}

/// A null that is there differs from one that is not.
mod some {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::option_option, reason = "null unties, absence leaves alone")]
    pub fn serialize<S: Serializer>(value: &Option<Option<String>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(serializer)
    }

    #[expect(clippy::option_option, reason = "null unties, absence leaves alone")]
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
        Option::<String>::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::Changes;

    #[test]
    fn a_null_case_unties_and_a_missing_one_leaves_alone() {
        let untied: Changes = serde_json::from_str(r#"{"calls":["a"],"case":null}"#).expect("changes");
        assert_eq!(untied.case, Some(None));
        assert_eq!(serde_json::to_string(&untied).expect("text"), r#"{"calls":["a"],"case":null}"#);
        let alone: Changes = serde_json::from_str(r#"{"calls":["a"]}"#).expect("changes");
        assert_eq!(alone.case, None);
        assert!(serde_json::from_str::<Changes>(r#"{"calls":[],"cases":"C-1"}"#).is_err());
    }
}
