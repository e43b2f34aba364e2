//! What the OpenAPI document says of bodies beyond the types of their fields: bounds that are kept behind it, in the service.
//!
//! Lengths are left out: a text over its limit is 413, whatever else it is.

use serde_json::{Value, json};

use crate::domain::{
    audit,
    column::{self, FACETS},
    facet::BREAKDOWNS,
    query::SortField,
};

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
            match bound {
                // Takes the word away.
                Value::Null => drop(schema.as_object_mut().and_then(|schema| schema.remove(word))),
                bound => schema[word] = bound.clone(),
            }
        }
    }
}

/// Puts into a parameter of an operation what its type does not say.
pub(super) fn put_parameter(operation: &str, parameter: &mut Value) {
    // An address or a header has text and no null.
    if let Some(kinds) = parameter["schema"]["type"].as_array_mut() {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            parameter["schema"]["type"] = kind.clone();
        }
    }
    let bounds = match (operation, parameter["name"].as_str().unwrap_or_default()) {
        ("calls_list", "after") => json!({"pattern": "^[0-9a-f]*$"}),
        ("calls_list", "before") => json!({"pattern": "^(end|[0-9a-f]*)$"}),
        ("calls_list", "columns") => names(column::COLUMNS, "*"),
        ("calls_list", "sort") => json!({"pattern": sort_pattern()}),
        ("calls_facets", "by") => names(FACETS, "+"),
        ("calls_summary", "by") => names(FACETS, "*"),
        ("calls_breakdown", "by") => json!({"enum": BREAKDOWNS}),
        ("audit_check", "since") => json!({"pattern": since()}),
        ("audit_list", "after") => json!({"pattern": "^[0-9]{0,15}$"}),
        ("audit_list", "columns") => names(audit::COLUMNS, "*"),
        ("audit_list", "sort") => json!({"enum": ["", "seq", "-seq"]}),
        ("notes_add", "Idempotency-Key") => json!({"pattern": SEEN}),
        ("users_show" | "users_set" | "users_remove" | "users_set_password", "name") => {
            json!({"pattern": r"^[^\s:/@*\x00-\x1f\x7f-\x9f\xad]{1,60}$", "minLength": 1})
        }
        _ => return,
    };
    if let (Value::Object(bounds), Some(schema)) = (bounds, parameter["schema"].as_object_mut()) {
        schema.extend(bounds);
    }
}

/// The number of an entry, or a day; other dates are understood too.
fn since() -> String {
    let days = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])";
    format!("^([1-9][0-9]{{0,14}}|(19[7-9][0-9]|2[01][0-9][0-9])-({days}))?$")
}

fn sort_pattern() -> String {
    let fields = SortField::ALL.iter().filter(|field| **field != SortField::Cost).map(|field| field.word());
    format!("^(-?({}))?$", fields.collect::<Vec<_>>().join("|"))
}

/// A list of names, parted by commas; `*`: or of none.
fn names(there: &[&str], how_many: &str) -> Value {
    let any = there.join("|");
    let all = format!("({any})(,({any}))*");
    json!({"pattern": if how_many == "*" { format!("^({all})?$") } else { format!("^{all}$") }})
}

/// When an assignment begins; the two kinds apart, as not every reader looks at the format of something that may be null.
fn nullable_moment() -> Value {
    json!({"type": null, "anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]})
}

/// At least one thing is to be done to the calls.
fn changes() -> Vec<Value> {
    let needs = |name: &str, schema: Value| json!({"required": [name], "properties": {name: schema}});
    let lists = ["add_tags", "remove_tags", "remove_notes"].map(|name| needs(name, json!({"minItems": 1})));
    let mut all =
        vec![needs("flagged", json!({"type": "boolean"})), needs("case", json!({})), needs("note", json!({"type": "object"}))];
    all.extend(lists);
    all
}

fn bounds() -> Vec<(&'static str, Value)> {
    let seen = || json!({"pattern": SEEN});
    let digits = || json!({"pattern": "^[0-9]{1,4}$"});
    let seconds = |days: u64| json!({"minimum": 1, "maximum": days * 86_400});
    vec![
        ("/Changes", json!({"anyOf": changes()})),
        ("/Changes/properties/add_tags/items", seen()),
        ("/Changes/properties/case", seen()),
        ("/Changes/properties/remove_tags/items", seen()),
        ("/ClipDraft/properties/from_s", json!({"minimum": 0})),
        ("/ClipDraft/properties/until_s", json!({"minimum": 0})),
        ("/CollectionDraft/properties/readers/items", seen()),
        ("/Company/properties/country_code", digits()),
        ("/Company/properties/currency", json!({"pattern": "^[A-Z]{3}$"})),
        ("/Company/properties/national_prefix", digits()),
        ("/Company/properties/zone", seen()),
        ("/Comparison/properties/since", json!({"pattern": since()})),
        ("/Customer/properties/name", seen()),
        ("/Customer/properties/numbers/items", seen()),
        ("/Extension/properties/number", json!({"pattern": r"^\S+$"})),
        ("/Extension/properties/projects/items", seen()),
        ("/Extension/properties/since", nullable_moment()),
        ("/Grant/properties/over", json!({"pattern": r"^(\*|own|project:.*\S.*)$"})),
        ("/Heard/properties/from_s", json!({"minimum": 0})),
        ("/Heard/properties/speed", json!({"minimum": 0.5, "maximum": 3})),
        ("/Heard/properties/until_s", json!({"minimum": 0})),
        ("/Named/properties/name", seen()),
        ("/ImportParts/properties/cdr", json!({"type": "string"})),
        ("/ImportParts/properties/cel", json!({"type": "string"})),
        ("/ImportParts/properties/preview", json!({"type": "boolean"})),
        ("/ImportParts/properties/queue_log", json!({"type": "string"})),
        ("/ImportParts/properties/recordings", json!({"type": "string"})),
        ("/ImportParts/properties/settings", json!({"type": "string"})),
        (
            "/NoteDraft",
            json!({"anyOf": [{"properties": {"text": seen()}}, {"properties": {"at": {"type": "number"}}, "required": ["at"]}]}),
        ),
        ("/Password/properties/password", json!({"minLength": 12})),
        ("/Role/properties/name", json!({"pattern": r"^[^\s@/,]+$"})),
        ("/ShareDraft", json!({"required": ["items"]})),
        ("/ShareDraft/properties/expires_s", seconds(SHARED_DAYS)),
        ("/ShareDraft/properties/items", json!({"minItems": 1, "maxItems": 100})),
        ("/ShareDraft/properties/passphrase", json!({"pattern": r"^([\s\S]{6,200})?$"})),
        ("/ShareDraft/properties/plays", json!({"minimum": 1, "maximum": u32::MAX})),
        ("/TokenDraft", json!({"required": ["name", "scope"]})),
        ("/TokenDraft/properties/expires_s", seconds(TOKEN_DAYS)),
        ("/TokenDraft/properties/name", seen()),
        ("/TokenDraft/properties/scope", json!({"minItems": 1})),
        ("/UserDraft/properties/extensions/items", seen()),
        ("/View/properties/columns/items", json!({"enum": column::of_views()})),
        ("/View/properties/name", seen()),
        ("/View/properties/sort", json!({"pattern": sort_pattern()})),
    ]
}
