//! What the OpenAPI documents of all dialects share.

use utoipa::Modify;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Document, Ref, ResponseBuilder, ServerBuilder};

/// Where a key may stand.
pub struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let header = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Api-Key")));
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme("apiKey", header);
        components.add_security_scheme("bearer", bearer);
    }
}

/// The answer to a key that asks too often; `body` is the name of its schema.
pub struct Refused {
    /// The name of the schema of errors.
    pub body: &'static str,
}

impl Modify for Refused {
    fn modify(&self, document: &mut Document) {
        let refused = ResponseBuilder::new()
            .description("The API key asks too often; `Retry-After` says how long to wait.")
            .content("application/json", Content::new(Some(Ref::from_schema_name(self.body))))
            .build();
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                operation.responses.responses.insert("429".to_owned(), refused.clone().into());
            }
        }
    }
}

/// A document for a server at `public_url`, as JSON.
///
/// # Errors
/// It cannot be written as JSON.
pub fn written(mut document: Document, public_url: &str) -> Result<String, serde_json::Error> {
    document.servers = Some(vec![ServerBuilder::new().url(public_url).build()]);
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}
