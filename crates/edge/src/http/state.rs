//! What every handler can reach.

use crate::http::egress::{Egress, EgressRate};
use crate::http::limit::{Gate, Rate};
use crate::site::SiteFiles;
use kinora_app::App;
use std::net::IpAddr;
use std::sync::Arc;

/// What the operator sets about the edges.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Origin, and path prefix if any, of every link that is handed out; without a slash at the end.
    pub public_url: String,
    /// Addresses whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How often each API key may ask.
    pub rate: Rate,
    /// How fast media go out.
    pub egress: EgressRate,
}

/// The state of the router.
#[derive(Clone)]
pub struct Edge {
    /// The use cases.
    pub app: Arc<App>,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The built web parts.
    pub site: Arc<dyn SiteFiles>,
    /// Renders the metrics of this process.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Counts who asks how often.
    pub(crate) gate: Arc<Gate>,
    /// Keeps media to their pace, where there is one.
    pub(crate) egress: Option<Arc<Egress>>,
}

impl Edge {
    /// The state of a new router.
    pub fn new(
        app: Arc<App>,
        settings: Settings,
        site: Arc<dyn SiteFiles>,
        metrics: Arc<dyn Fn() -> String + Send + Sync>,
    ) -> Self {
        let gate = Arc::new(Gate::new(settings.rate));
        let egress = Egress::new(settings.egress);
        Self { app, settings: Arc::new(settings), site, metrics, gate, egress }
    }

    /// An absolute link to `path`, which begins with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url)
    }
}
