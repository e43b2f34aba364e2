//! The OpenAPI document: what the handlers say of themselves, and what holds for all of them.
//!
//! Handlers tell tag, summary (the first line of their comment), parameters, body and answers when it goes well. From that the
//! rest follows and is added here: full paths, operation ids (`NOUN_VERB`), pieces of paths, who must be signed in, and the
//! errors, which are the same everywhere.

use std::sync::OnceLock;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use utoipa::{OpenApi as _, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{handlers::health, limits, routes as operations};
use crate::{service::Service, wire::Problem};

/// Where the API begins.
const PREFIX: &str = "/api/v1";

/// Schemas that stand in no operation of their own.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Shared;

/// What is open to everybody and lies beside the API, and the document itself.
pub(super) fn beside() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready))
}

/// The operation that gives the document.
pub(super) fn itself() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(show))
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "document", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub(super) async fn show() -> Response {
    let mut response = bytes().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// The document as JSON; the same for every database.
pub fn bytes() -> Bytes {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    DOCUMENT.get_or_init(|| Bytes::from(serde_json::to_vec(&document()).unwrap_or_default())).clone()
}

/// The document.
pub fn document() -> Value {
    let told = |document: OpenApi| serde_json::to_value(document).unwrap_or_default();
    let mut whole = told(operations::api().merge(operations::open()).merge(itself()).into_openapi());
    let mut paths = Map::new();
    for (path, item) in entries(&mut whole["paths"]) {
        paths.insert(format!("{PREFIX}{path}"), item);
    }
    paths.extend(entries(&mut told(beside().into_openapi())["paths"]));
    for (path, item) in &mut paths {
        if let Some(operations) = item.as_object_mut() {
            operations.values_mut().for_each(|operation| finish(path, operation));
        }
    }
    let mut components = whole["components"].take();
    if let Some(schemas) = told(Shared::openapi())["components"]["schemas"].as_object() {
        for (name, schema) in schemas {
            components["schemas"][name] = schema.clone();
        }
    }
    bounded(&mut components);
    limits::put(&mut components["schemas"]);
    components["responses"] = ERRORS.iter().map(|error| (error.name.to_owned(), error.response())).collect();
    components["securitySchemes"] = json!({"bearer": {
        "type": "http", "scheme": "bearer",
        "description": "The token of a session or an access token. Over the Unix socket of the machine itself none is needed."
    }});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "callreel", "version": env!("CARGO_PKG_VERSION"), "license": {"name": "MIT"},
            "description": "A company's telephone recordings and calls. Times are RFC 3339 in UTC, lengths seconds, sizes bytes; \
                unknown is null. Ids are opaque and sortable. Errors are application/problem+json (RFC 9457)."
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": components,
    })
}

fn entries(value: &mut Value) -> Map<String, Value> {
    match value.take() {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Adds to an operation what follows from the rest of it.
fn finish(path: &str, operation: &mut Value) {
    let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    if !id.starts_with(&format!("{tag}_")) {
        operation["operationId"] = json!(format!("{tag}_{id}"));
    }
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for piece in pieces(path) {
        if !parameters.iter().any(|known| known["in"] == "path" && known["name"] == piece) {
            parameters.push(json!({
                "name": piece, "in": "path", "required": true,
                "description": meaning(piece), "schema": {"type": "string", "minLength": 1, "pattern": "\\S"},
            }));
        }
    }
    for kind in parameters.iter_mut().filter(|known| known["name"] == "kind") {
        kind["schema"] = json!({"type": "string", "enum": ["call", "clip"]});
    }
    for parameter in &mut parameters {
        limits::put_parameter(operation["operationId"].as_str().unwrap_or_default(), parameter);
        bounded(parameter);
    }
    let has = |place: &str| parameters.iter().any(|known| known["in"] == place);
    let versioned = parameters.iter().any(|known| known["name"] == "If-Match");
    let (is_open, has_body) = (operation["security"].is_array(), operation["requestBody"].is_object());
    let facts = Facts {
        is_open,
        has_body,
        has_input: has_body || has("path") || has("query"),
        names_something: has_body || has("path") || has("query"),
        writes: has_body || operation["responses"]["204"].is_object(),
        versioned,
        in_api: path.starts_with(PREFIX),
    };
    if has_body {
        operation["requestBody"]["required"] = json!(true);
    }
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    for error in ERRORS.iter().filter(|error| (error.when)(&facts)) {
        let status = error.status.to_string();
        if operation["responses"][&status].is_null() {
            operation["responses"][&status] = json!({"$ref": format!("#/components/responses/{}", error.name)});
        }
    }
}

/// `{…}` of a path.
fn pieces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
}

fn meaning(piece: &str) -> &'static str {
    match piece {
        "call" => "Public id of a call, or its id at the exchange",
        "recording" => "Id of a recording",
        "clip" => "Id of a clip",
        "note" => "Id of a note",
        "tag" => "The tag's text",
        "number" => "A telephone number or extension",
        "name" => "A name",
        "kind" => "Kind of thing",
        _ => "Its id",
    }
}

/// Integers of ours have bounds instead of a width: what the wire carries exactly.
fn bounded(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let integer = match object.get("type") {
                Some(Value::String(kind)) => kind == "integer",
                Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "integer"),
                _ => false,
            };
            if integer {
                object.remove("format");
                object.entry("maximum").or_insert_with(|| json!(crate::domain::whole::MOST));
                object.entry("minimum").or_insert_with(|| json!(-crate::domain::whole::MOST));
            }
            object.values_mut().for_each(bounded);
        }
        Value::Array(items) => items.iter_mut().for_each(bounded),
        _ => {}
    }
}

/// What an operation is like, as far as errors follow from it.
struct Facts {
    is_open: bool,
    has_body: bool,
    has_input: bool,
    names_something: bool,
    writes: bool,
    versioned: bool,
    in_api: bool,
}

/// An error that several operations share.
struct Error {
    status: u16,
    name: &'static str,
    description: &'static str,
    when: fn(&Facts) -> bool,
}

impl Error {
    fn response(&self) -> Value {
        let mut response = json!({
            "description": self.description,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        let header = match self.status {
            401 => Some(("WWW-Authenticate", json!({"type": "string"}))),
            429 | 503 => Some(("Retry-After", json!({"type": "integer", "minimum": 0}))),
            _ => None,
        };
        if let Some((name, schema)) = header {
            response["headers"] = json!({name: {"schema": schema}});
        }
        response
    }
}

const ERRORS: &[Error] = &[
    Error {
        status: 400,
        name: "Invalid",
        description: "What was sent cannot be understood; of a query, `position` and `length` tell where",
        when: |facts| facts.has_input && facts.in_api,
    },
    Error {
        status: 401,
        name: "NotSignedIn",
        description: "Nobody is signed in: no token, or one that is not valid (any more)",
        when: |facts| facts.in_api,
    },
    Error {
        status: 403,
        name: "NotAllowed",
        description: "The right is missing, or nothing can be written here",
        when: |facts| !facts.is_open,
    },
    Error {
        status: 404,
        name: "NotFound",
        description: "It does not exist, or lies outside one's projects: the two look the same",
        when: |facts| facts.names_something && facts.in_api,
    },
    Error {
        status: 409,
        name: "Conflict",
        description: "It cannot be done as things stand, such as a name that is taken, or sound that is gone or damaged",
        when: |facts| facts.writes && facts.in_api,
    },
    Error {
        status: 412,
        name: "Changed",
        description: "Somebody else changed it since the version that was seen",
        when: |facts| facts.versioned,
    },
    Error {
        status: 413,
        name: "TooLarge",
        description: "A text or body over its limit",
        when: |facts| facts.has_input && facts.in_api,
    },
    Error {
        status: 415,
        name: "NotOfThisType",
        description: "The body is of another type than the operation takes",
        when: |facts| facts.has_body,
    },
    Error {
        status: 428,
        name: "VersionMissing",
        description: "Say which version was seen: `If-Match: \"VERSION\"`",
        when: |facts| facts.versioned,
    },
    Error {
        status: 429,
        name: "TooMany",
        description: "Too many wrong credentials; `retry_after` says when to try again",
        when: |facts| facts.in_api,
    },
    Error { status: 500, name: "Failed", description: "The disk or database failed, or the program itself", when: |_| true },
    Error {
        status: 503,
        name: "Busy",
        description: "Another program is writing, or the act cannot be audited now; try again",
        when: |_| true,
    },
];
