//! Our OpenAPI document, read for questions.

use serde_json::Value;
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document.
pub(crate) struct Document(Value);

impl Document {
    /// That of the Cloud Video Kit dialect.
    pub(crate) fn load() -> Self {
        let text = kinora_edge::videokit::openapi::document("https://films.example").unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// That of the Azure Media Services Connector dialect.
    pub(crate) fn azure() -> Self {
        let text = kinora_edge::azure::openapi::document("https://films.example").unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// All operations, such as `GET /vod/v1/files`.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        let named = |(path, item): (&String, &Value)| {
            let methods = METHODS.iter().filter(|method| item.get(method).is_some());
            methods.map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
        };
        paths.flat_map(named).collect()
    }

    /// The operation of that name.
    pub(crate) fn operation(&self, name: &str) -> &Value {
        let (method, path) = name.split_once(' ').unwrap();
        let operation = &self.0["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "the document has no {name}");
        operation
    }

    /// The parameters of an operation that stand `place` (`query` or `path`).
    pub(crate) fn parameters(&self, name: &str, place: &str) -> Vec<&Value> {
        let all = self.operation(name)["parameters"].as_array();
        all.into_iter().flatten().filter(|parameter| parameter["in"] == place).collect()
    }

    /// The schema of an operation's body.
    pub(crate) fn body(&self, name: &str) -> Option<&Value> {
        let content = self.operation(name)["requestBody"]["content"].as_object()?;
        assert_eq!(content.keys().collect::<Vec<_>>(), ["application/json"], "{name}");
        Some(&content["application/json"]["schema"])
    }

    /// Whether an operation needs its body.
    pub(crate) fn needs_body(&self, name: &str) -> bool {
        self.operation(name)["requestBody"]["required"] == true
    }

    /// Whether an operation is said to answer with that status.
    pub(crate) fn declares(&self, name: &str, status: u16) -> bool {
        self.operation(name)["responses"].get(status.to_string()).is_some()
    }

    /// The schema of an answer.
    pub(crate) fn answer(&self, name: &str, status: u16) -> Option<&Value> {
        self.operation(name)["responses"][status.to_string()]["content"]["application/json"].get("schema")
    }

    /// A schema without the reference to it, and without the `null` that stands for absence.
    pub(crate) fn resolve<'it>(&'it self, schema: &'it Value) -> &'it Value {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            return self.resolve(self.0.pointer(pointer).unwrap());
        }
        let choices = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
        let real = choices.into_iter().flatten().find(|choice| choice["type"] != "null");
        real.map_or(schema, |real| self.resolve(real))
    }

    /// Whether a schema says that its value may be `null`.
    pub(crate) fn may_be_null(schema: &Value) -> bool {
        let choices = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
        choices.into_iter().flatten().any(|choice| choice["type"] == "null")
    }

    /// The property of an object's schema.
    pub(crate) fn property<'it>(&'it self, schema: &'it Value, name: &str) -> Option<&'it Value> {
        self.resolve(schema)["properties"].get(name).map(|property| self.resolve(property))
    }

    /// What JSON calls values of a schema, `null` aside; several names with spaces between for one
    /// that no value can be of.
    pub(crate) fn json_type(&self, schema: &Value) -> String {
        let schema = self.resolve(schema);
        let all = schema["allOf"].as_array().into_iter().flatten();
        let mut types: BTreeSet<_> = all.map(|part| self.json_type(part)).collect();
        match &schema["type"] {
            Value::Array(names) => {
                types.extend(names.iter().filter_map(Value::as_str).filter(|name| *name != "null").map(str::to_owned));
            }
            name => types.extend(name.as_str().map(str::to_owned)),
        }
        types.into_iter().collect::<Vec<_>>().join(" ")
    }

    /// The form of a text that a schema names.
    pub(crate) fn format<'it>(&'it self, schema: &'it Value) -> Option<&'it str> {
        self.resolve(schema)["format"].as_str().filter(|_format| self.json_type(schema) == "string")
    }

    /// The schema of an array's items.
    pub(crate) fn items<'it>(&'it self, schema: &'it Value) -> &'it Value {
        self.resolve(&self.resolve(schema)["items"])
    }
}

/// The names of an object's properties.
pub(crate) fn properties(schema: &Value) -> BTreeSet<&str> {
    schema["properties"].as_object().into_iter().flat_map(|all| all.keys().map(String::as_str)).collect()
}

/// Whether an object needs that property.
pub(crate) fn requires(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|all| all.iter().any(|required| required == name))
}
