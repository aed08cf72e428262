//! `POST /api-key`.

use super::ApiKeyInput;
use crate::http::state::Edge;
use crate::videokit::acting::Acting;
use crate::videokit::creation::{self, Creation, Shown};
use crate::videokit::error::{Failure, ServiceStatus};
use axum::extract::State;
use axum::response::Response;
use kinora_app::access::{NewKey, add_key};
use serde::Serialize;
use utoipa::ToSchema;

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedApiKey {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The id of its role.
    pub role_id: String,
    /// The secret, in this answer and never again: not even when the same request is answered once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Shown for CreatedApiKey {
    fn again(self) -> Self {
        Self { value: None, ..self }
    }
}

/// Makes a key.
#[utoipa::path(
    post, path = "/core/v1/api-key", operation_id = "createApiKey", tag = "Core",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request with the same key is served once; answered again, `value` is absent.")),
    request_body = ApiKeyInput,
    responses(
        (status = 200, description = "The key, with its secret.", body = CreatedApiKey),
        (status = 400, description = "A field is missing or wrong.", body = ServiceStatus),
        (status = 401, description = "No valid API key.", body = ServiceStatus),
        (status = 403, description = "The key's role does not allow it.", body = ServiceStatus),
        (status = 409, description = "The same request is being served.", body = ServiceStatus),
        (status = 422, description = "The idempotency key stands for another request.", body = ServiceStatus),
    ),
)]
pub(in crate::videokit) async fn create_api_key(
    State(edge): State<Edge>,
    Acting(caller): Acting,
    Creation { body, repeat }: Creation<ApiKeyInput>,
) -> Result<Response, Failure> {
    let role = body.role()?;
    let show = |made: &NewKey| CreatedApiKey {
        id: made.key.id.to_string(),
        name: made.key.name.clone(),
        role_id: role.id().to_string(),
        value: Some(made.secret.clone()),
    };
    let act = |once| add_key(&edge.app, &caller, (&body.name, role), once);
    creation::once(&edge, &caller, repeat, &show, act).await
}
