//! The contract as data.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields of answers that the contract does not show and that cannot be done without.
const BEYOND: [(&str, &str); 1] = [
    // Where the secret of a new key is, the vendor's texts do not say.
    ("POST /core/v1/api-key", "value"),
];

/// The part of the Cloud Video Kit contract that is served.
#[derive(Debug, Deserialize)]
pub(super) struct Contract {
    pub(super) operations: Vec<Operation>,
    /// Fields of types that responses name.
    pub(super) types: BTreeMap<String, Vec<Field>>,
    /// Values of closed sets of words.
    pub(super) words: BTreeMap<String, Vec<String>>,
    /// Values of `sort` that the vendor's texts and clients show.
    pub(super) sort_examples: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) path_params: Vec<String>,
    pub(super) query: Vec<Field>,
    pub(super) body: Vec<Field>,
    pub(super) response: Vec<Field>,
    pub(super) example_request: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Field {
    /// Its name; a name behind a dot is that of a field of the items.
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) required: bool,
}

impl Contract {
    pub(super) fn load() -> Self {
        let mut contract: Self = serde_json::from_str(include_str!("../../contracts/cloud-video-kit.json")).unwrap();
        for (name, field) in BEYOND {
            let operation = contract.operations.iter_mut().find(|operation| operation.name() == name).unwrap();
            operation.response.push(Field { name: field.to_owned(), kind: "string".to_owned(), required: false });
        }
        contract
    }

    /// The operation of that name, such as `GET /vod/v1/files`.
    pub(super) fn operation(&self, name: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.name() == name).unwrap()
    }

    /// What JSON calls values of a type of the contract.
    pub(super) fn json_type(&self, kind: &str) -> &'static str {
        let plain = kind.split([' ', '<', '(']).next().unwrap_or_default();
        match plain {
            "string" | "FileTypesFlag" | "MediaAssetProtectionType" => "string",
            "int32" | "int64" | "integer" => "integer",
            "boolean" => "boolean",
            "object" => "object",
            "array" | "Array" => "array",
            other if self.words.contains_key(other) => "string",
            other if self.types.contains_key(other) => "object",
            other => panic!("the contract's type `{other}` is not known here"),
        }
    }

    /// The form of a text that a type of the contract names, such as `date-time`.
    pub(super) fn format(kind: &str) -> Option<&str> {
        let (_, format) = kind.strip_prefix("string ")?.split_once(['<', '('])?;
        format.strip_suffix(['>', ')'])
    }

    /// The type of the values, and its fields, where an answer is a map from ids: its one name stands in brackets.
    pub(super) fn fields_of_values(&self, response: &[Field]) -> Option<&[Field]> {
        let [Field { name, kind, .. }] = response else { return None };
        name.starts_with('(').then(|| self.types[kind].as_slice())
    }

    /// The fields of the items of an `Array of X`, where `X` has any.
    pub(super) fn fields_of_items(&self, kind: &str) -> Option<&[Field]> {
        let item = kind.to_ascii_lowercase().starts_with("array of ").then(|| &kind["array of ".len()..])?;
        self.types.get(item).map(Vec::as_slice)
    }
}

impl Operation {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}
