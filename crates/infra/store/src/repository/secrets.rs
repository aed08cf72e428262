//! Secrets that the server made for itself.

use crate::entity::secrets;
use crate::error::Doing;
use crate::tx::SqlTx;
use async_trait::async_trait;
use kinora_app::port::{Secrets, StoreError};
use sea_orm::{EntityTrait, IntoActiveModel};

#[async_trait]
impl Secrets for SqlTx {
    async fn secret(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = secrets::Entity::find_by_id(name).one(&self.db).await.doing("loading a secret")?;
        Ok(row.map(|row| row.secret))
    }

    async fn insert_secret(&mut self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        let row = secrets::Model { name: name.to_owned(), secret: secret.to_vec() };
        secrets::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.db)
            .await
            .doing("inserting a secret")?;
        Ok(())
    }
}
