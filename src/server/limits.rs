//! What the OpenAPI document says of bodies beyond the types of their fields: bounds that are kept behind it, in the service.
//!
//! Lengths are left out: a text over its limit is 413, whatever else it is.

use serde_json::{Value, json};

/// Longest life of a share, in days.
const SHARED_DAYS: u64 = 90;
/// Longest life of a token, in days.
const TOKEN_DAYS: u64 = 5 * 366;

/// Something that can be seen.
const SEEN: &str = r"\S";

/// Puts the bounds of [`bounds`] into the schemas.
pub(super) fn put(schemas: &mut Value) {
    for (place, bounds) in bounds() {
        let Some(schema) = schemas.pointer_mut(place) else {
            debug_assert!(false, "the document has no {place}");
            continue;
        };
        for (word, bound) in bounds.as_object().into_iter().flatten() {
            schema[word] = bound.clone();
        }
    }
}

fn bounds() -> Vec<(&'static str, Value)> {
    let seen = || json!({"pattern": SEEN});
    let digits = || json!({"pattern": "^[0-9]{1,4}$"});
    let seconds = |days: u64| json!({"minimum": 1, "maximum": days * 86_400});
    vec![
        ("/Changes/properties/add_tags/items", seen()),
        ("/Changes/properties/remove_tags/items", seen()),
        ("/ClipDraft/properties/from_s", json!({"minimum": 0})),
        ("/ClipDraft/properties/until_s", json!({"minimum": 0})),
        ("/Company/properties/country_code", digits()),
        ("/Company/properties/currency", json!({"pattern": "^[A-Z]{3}$"})),
        ("/Company/properties/national_prefix", digits()),
        ("/Company/properties/zone", seen()),
        ("/Customer/properties/name", seen()),
        ("/Customer/properties/numbers/items", seen()),
        ("/Extension/properties/number", json!({"pattern": r"^\S+$"})),
        ("/Extension/properties/projects/items", seen()),
        ("/Extension/properties/since", json!({"format": "date-time"})),
        ("/Heard/properties/from_s", json!({"minimum": 0})),
        ("/Heard/properties/speed", json!({"minimum": 0.5, "maximum": 3})),
        ("/Heard/properties/until_s", json!({"minimum": 0})),
        ("/Named/properties/name", seen()),
        ("/Role/properties/name", json!({"pattern": r"^[^\s@/,]+$"})),
        ("/ShareDraft", json!({"required": ["items"]})),
        ("/ShareDraft/properties/expires_s", seconds(SHARED_DAYS)),
        ("/ShareDraft/properties/items", json!({"minItems": 1, "maxItems": 100})),
        ("/ShareDraft/properties/plays", json!({"minimum": 1})),
        ("/TokenDraft", json!({"required": ["name", "scope"]})),
        ("/TokenDraft/properties/expires_s", seconds(TOKEN_DAYS)),
        ("/TokenDraft/properties/name", seen()),
        ("/TokenDraft/properties/scope", json!({"minItems": 1})),
        ("/UserDraft/properties/extensions/items", seen()),
        ("/View/properties/name", seen()),
    ]
}
