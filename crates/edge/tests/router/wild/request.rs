//! Requests.

use super::value::{value, wild as anything, word};
use crate::azure;
use crate::contract::openapi::Document;
use crate::film::{Script, film};
use crate::world::{Ask, Keys, World, ask, text};
use core::fmt;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Ids of things that are there, and of some that are not.
#[derive(Debug, Clone)]
pub(super) struct Ids(Vec<String>);

impl Ids {
    /// Of a film, an asset of it, an upload, and announced videos with and without bytes, all new.
    pub(super) async fn fresh(world: &World) -> Self {
        let (file, asset) = world.film().await;
        let upload = world.start("half.mp4", 1_000).await.file;
        let empty =
            azure::announced(world, &json!({ "OriginalFileName": "a.mp4", "ContentProtectionMode": "AES128" })).await;
        let written = azure::announced(world, &json!({ "OriginalFileName": "a.mp4" })).await;
        azure::put(world, &written, &film(&Script { seconds: 1, ..Script::default() }).bytes).await;
        let played =
            azure::made(world, &json!({ "OriginalFileName": "a.mp4", "ContentProtectionMode": "AES128" })).await;
        let key = text(&played["ContentProtectionKeyId"]);
        let videos = [empty, written, played].map(|video| text(&video["Id"]));
        let none = "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
        let others =
            [file, asset, upload, world.keys.organization.to_string(), world.keys.admin_id.to_string(), none, key];
        Self(others.into_iter().chain(videos).collect())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = String> {
        self.0.clone().into_iter()
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Wild {
    pub(super) operation: String,
    /// Whether its path may be that of nothing, or of another operation.
    pub(super) strays: bool,
    target: String,
    body: Option<Vec<u8>>,
    content_type: Option<&'static str>,
    caller: Caller,
}

#[derive(Debug, Clone, Copy)]
enum Caller {
    Admin,
    Editor,
    Viewer,
    Stranger,
}

impl fmt::Display for Wild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, target, body, content_type, caller, .. } = self;
        let body = body.as_ref().map(|body| String::from_utf8_lossy(&body[..body.len().min(500)]).into_owned());
        write!(f, "{operation} as {target}, {caller:?}, {content_type:?}, {body:?}")
    }
}

impl Wild {
    pub(super) fn ask(&self, keys: &Keys) -> Ask {
        let (method, _) = self.operation.split_once(' ').unwrap();
        let secret = match self.caller {
            Caller::Admin => &keys.admin,
            Caller::Editor => &keys.editor,
            Caller::Viewer => &keys.viewer,
            Caller::Stranger => &keys.stranger,
        };
        let mut ask = ask(method, &self.target).key(secret);
        if let Some(kind) = self.content_type {
            ask = ask.header("content-type", kind);
        }
        match &self.body {
            Some(body) => ask.body(body.clone()),
            None => ask,
        }
    }
}

/// Requests for one operation: most are nearly right.
pub(super) fn wild(document: &Document, operation: &str, ids: &Ids) -> BoxedStrategy<Wild> {
    let (_, path) = operation.split_once(' ').unwrap();
    let slots = document.parameters(operation, "path").len();
    let segment = prop_oneof![
        6 => prop::sample::select(ids.all().collect::<Vec<_>>()),
        1 => Just("1".to_owned()),
        1 => word(),
    ];
    let path = path.to_owned();
    let path = prop::collection::vec(segment, slots).prop_map(move |segments| filled(&path, &segments));
    let query = query(document, operation, ids);
    let body = match document.body(operation) {
        Some(schema) => body(value(document, schema, ids, 0)).prop_map(Some).boxed(),
        None => prop::option::weighted(0.1, body(anything().boxed())).boxed(),
    };
    let content_type = prop_oneof![
        12 => Just(Some("application/json")),
        1 => Just(Some("application/json; charset=utf-16")),
        1 => Just(Some("text/plain")),
        1 => Just(None),
    ];
    let caller = prop_oneof![
        8 => Just(Caller::Admin), 1 => Just(Caller::Editor), 1 => Just(Caller::Viewer), 1 => Just(Caller::Stranger)
    ];
    let operation = operation.to_owned();
    (path, query, body, content_type, caller)
        .prop_map(move |((path, strays), query, body, content_type, caller)| {
            let target = if query.is_empty() { path } else { format!("{path}?{query}") };
            Wild { operation: operation.clone(), strays, target, body, content_type, caller }
        })
        .boxed()
}

/// The path with its slots filled, and whether one is empty or ends the path early.
fn filled(path: &str, segments: &[String]) -> (String, bool) {
    let mut path = path.to_owned();
    for segment in segments {
        let (start, end) = (path.find('{').unwrap(), path.find('}').unwrap());
        path.replace_range(start..=end, &escaped(segment));
    }
    (path, segments.iter().any(|segment| segment.is_empty() || [".", ".."].contains(&segment.as_str())))
}

fn query(document: &Document, operation: &str, ids: &Ids) -> BoxedStrategy<String> {
    let mut pairs: BoxedStrategy<Vec<(String, String)>> = Just(Vec::new()).boxed();
    for parameter in document.parameters(operation, "query") {
        let name = parameter["name"].as_str().unwrap().to_owned();
        let values = value(document, &parameter["schema"], ids, 0).prop_map(|value| match value {
            Value::String(text) => text,
            Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
            other => plain(&other),
        });
        pairs = (pairs, prop::option::weighted(0.15, values))
            .prop_map(move |(mut pairs, value)| {
                pairs.extend(value.map(|value| (name.clone(), value)));
                pairs
            })
            .boxed();
    }
    let strange = prop::option::weighted(0.05, (word(), word()));
    (pairs, strange)
        .prop_map(|(mut pairs, strange)| {
            pairs.extend(strange);
            let shown: Vec<_> =
                pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
            shown.join("&")
        })
        .boxed()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Percent-encoded, cut to what a request line may hold.
fn escaped(text: &str) -> String {
    let bytes = text.bytes().take(2_000).map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    bytes.collect()
}

/// JSON text, and sometimes none.
fn body(value: BoxedStrategy<Value>) -> BoxedStrategy<Vec<u8>> {
    let text = value.prop_map(|value| value.to_string().into_bytes()).boxed();
    prop_oneof![
        14 => text.clone(),
        1 => (text, any::<prop::sample::Index>()).prop_map(|(text, end)| text[..end.index(text.len())].to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => Just(b"[".repeat(100_000)),
        1 => Just([br#"{"name":""#.as_slice(), &b"x".repeat(5 << 20), br#""}"#.as_slice()].concat()),
    ]
    .boxed()
}
