//! Who may fetch what plays, and the keys of what is encrypted.

use super::column::{bytes, id, index, number, optional_number, reference, text, word};
use sea_orm_migration::sea_query::{Expr, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

/// A retiring key says until when it counts.
const LIVES: &str = "(life = 'retiring') = (until IS NOT NULL)";

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_playback"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(elided_lifetimes_in_paths, reason = "the trait elides it, and the macro lets no other spelling match")]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let open = word(manager, "playback", &["open", "required"]).default("open").take();
        manager.alter_table(Table::alter().table("organizations").add_column(open).take()).await?;
        let inherit = word(manager, "playback", &["inherit", "open", "required"]).default("inherit").take();
        manager.alter_table(Table::alter().table("assets").add_column(inherit).take()).await?;
        let none = word(manager, "encryption", &["none", "aes128", "drm"]).default("none").take();
        manager.alter_table(Table::alter().table("outputs").add_column(none).take()).await?;

        let sites = Table::create()
            .table("allowed_sites")
            .col(id("id").primary_key())
            .col(id("organization"))
            .col(text(manager, "url"))
            .col(number("created"))
            .foreign_key(&mut reference(("allowed_sites", "organization"), ("organizations", "id"), false))
            .take();
        manager.create_table(sites).await?;
        manager.create_index(index("allowed_sites", "by_organization", &["organization", "created", "id"])).await?;

        let keys = Table::create()
            .table("playback_keys")
            .col(id("id").primary_key())
            .col(id("organization"))
            .col(word(manager, "algorithm", &["HS256", "RS256", "ES256", "EdDSA"]))
            .col(bytes("material"))
            .col(word(manager, "life", &["active", "retiring"]))
            .col(optional_number("until"))
            .col(number("created"))
            .check(Expr::cust(LIVES))
            .foreign_key(&mut reference(("playback_keys", "organization"), ("organizations", "id"), false))
            .take();
        manager.create_table(keys).await?;
        manager.create_index(index("playback_keys", "by_organization", &["organization", "created", "id"])).await?;

        let content = Table::create()
            .table("content_keys")
            .col(id("id").primary_key())
            .col(id("output"))
            .col(bytes("sealed"))
            .col(number("created"))
            .foreign_key(&mut reference(("content_keys", "output"), ("outputs", "id"), true))
            .take();
        manager.create_table(content).await?;
        manager.create_index(index("content_keys", "by_output", &["output"]).unique().take()).await
    }
}
