//! Settings as checked values.

use super::error::SettingsError;
use super::load::Raw;
use super::table::TABLE;
use crate::listen::CertificateFiles;
use crate::master_key;
use core::num::NonZeroU64;
use core::str::FromStr;
use kinora_app::MasterKey;
use kinora_domain::limit::Limits;
use kinora_edge::{EgressRate, Rate};
use kinora_engine::{Confinement, Layers};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// What is expected of a limit of media.
const BYTES_A_SECOND: &str = "a whole number of bytes a second, 0 for no limit";

/// What is expected of where to listen.
const ADDRESS: &str = "an IP address and a port, such as `127.0.0.1:8080`";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Where TLS is spoken, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tls {
    pub(crate) listen: SocketAddr,
    pub(crate) files: CertificateFiles,
}

/// Everything that an operator can set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: SocketAddr,
    /// Without it everything is in the clear.
    pub(crate) tls: Option<Tls>,
    /// Without a slash at the end.
    pub(crate) public_url: String,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) reserve_bytes: u64,
    pub(crate) limits: Limits,
    pub(crate) max_connections: usize,
    /// How often each API key may ask.
    pub(crate) rate: Rate,
    /// How fast media go out.
    pub(crate) egress: EgressRate,
    pub(crate) job_concurrency: usize,
    /// The number of processor cores where none is given.
    pub(crate) encode_concurrency: usize,
    pub(crate) drain_seconds: u64,
    pub(crate) log: Targets,
    pub(crate) log_format: LogFormat,
    /// Looked up in PATH where none is given.
    pub(crate) ffprobe: Option<PathBuf>,
    /// Looked up in PATH where none is given.
    pub(crate) ffmpeg: Option<PathBuf>,
    /// The layers around programs.
    pub(crate) sandbox: Confinement,
    /// Without one it is in the file.
    pub(crate) master_key: Option<MasterKey>,
    pub(crate) master_key_file: PathBuf,
    pub(crate) bootstrap_api_key: Option<String>,
    /// Variables that look like settings and are none: worth a warning.
    pub(crate) ignored_variables: Vec<String>,
}

struct Values<'raw>(&'raw HashMap<&'static str, Raw>);

impl Values<'_> {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |raw| raw.text.trim())
    }

    fn wrong(&self, name: &str, expected: &'static str) -> SettingsError {
        let row = TABLE.iter().find(|row| row.name == name);
        let raw = self.0.get(name);
        SettingsError::Value {
            origin: raw.map(|raw| raw.origin.clone()).unwrap_or_default(),
            name: row.map_or("", |row| row.name),
            // What a secret is, no message shows.
            value: raw
                .filter(|_raw| row.is_some_and(|row| !row.secret))
                .map(|raw| raw.text.clone())
                .unwrap_or_default(),
            expected,
        }
    }

    fn parsed<T: FromStr>(&self, name: &str, expected: &'static str) -> Result<T, SettingsError> {
        self.text(name).parse().map_err(|_malformed| self.wrong(name, expected))
    }

    fn at_least_one<T: FromStr + PartialOrd + From<u8>>(&self, name: &str) -> Result<T, SettingsError> {
        let expected = "a whole number, 1 or more";
        let value: T = self.parsed(name, expected)?;
        if value >= T::from(1) { Ok(value) } else { Err(self.wrong(name, expected)) }
    }

    fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Levels, alone or by module. A bare word would otherwise be taken for a module at its finest level.
    fn log(&self) -> Result<Targets, SettingsError> {
        let expected = "a level (`error`, `warn`, `info`, `debug`, `trace`), or levels by module (`kinora_edge=debug`)";
        let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
        let is_module =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
        let well_formed = self.text("log").split(',').map(str::trim).all(|part| match part.split_once('=') {
            None => is_level(part),
            Some((module, level)) => is_module(module) && is_level(level),
        });
        if well_formed { self.parsed("log", expected) } else { Err(self.wrong("log", expected)) }
    }

    fn sandbox(&self) -> Result<Confinement, SettingsError> {
        let expected =
            "`best`, `required`, or names of layers (`namespaces`, `files`, `ports`, `calls`) with commas between";
        match self.text("sandbox") {
            "best" => Ok(Confinement::Best),
            "required" => Ok(Confinement::Require(Layers::ALL)),
            names => match names.parse() {
                Ok(layers) if layers != Layers::NONE => Ok(Confinement::Require(layers)),
                Ok(_) | Err(_) => Err(self.wrong("sandbox", expected)),
            },
        }
    }

    /// All three settings of it, or none.
    fn tls(&self) -> Result<Option<Tls>, SettingsError> {
        let named = ["tls_listen", "tls_certificate", "tls_key"];
        if named.iter().all(|name| self.optional(name).is_none()) {
            return Ok(None);
        }
        let file = |name| {
            let expected = "the path of a file, since TLS needs a certificate and its key";
            self.optional(name).map(PathBuf::from).ok_or_else(|| self.wrong(name, expected))
        };
        let files = CertificateFiles { certificate: file("tls_certificate")?, key: file("tls_key")? };
        Ok(Some(Tls { listen: self.parsed("tls_listen", ADDRESS)?, files }))
    }

    fn public_url(&self, listen: SocketAddr) -> Result<String, SettingsError> {
        let Some(url) = self.optional("public_url") else {
            let reachable = if listen.ip().is_unspecified() { "127.0.0.1".to_owned() } else { host(listen.ip()) };
            return Ok(format!("http://{reachable}:{}", listen.port()));
        };
        let url = url.trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let plain = rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with('/')
                && rest.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._~:/[]%".contains(letter))
        });
        if plain {
            Ok(url.to_owned())
        } else {
            Err(self.wrong("public_url", "an address such as `https://video.example` without query"))
        }
    }

    fn proxies(&self) -> Result<Vec<IpAddr>, SettingsError> {
        let items = self.text("trusted_proxies").split(',').map(str::trim).filter(|item| !item.is_empty());
        let read = |item: &str| {
            item.parse().map_err(|_malformed| self.wrong("trusted_proxies", "IP addresses with commas between"))
        };
        items.map(read).collect()
    }
}

impl Settings {
    pub(super) fn read(
        raw: &HashMap<&'static str, Raw>,
        ignored_variables: Vec<String>,
    ) -> Result<Self, SettingsError> {
        let values = Values(raw);
        let listen = values.parsed("listen", ADDRESS)?;
        let hours: u64 = values.at_least_one("max_duration_hours")?;
        let format = match values.text("log_format") {
            "auto" => LogFormat::Auto,
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err(values.wrong("log_format", "`auto`, `text` or `json`")),
        };
        Ok(Self {
            data_dir: values.text("data_dir").into(),
            listen,
            tls: values.tls()?,
            public_url: values.public_url(listen)?,
            trusted_proxies: values.proxies()?,
            reserve_bytes: values.parsed("reserve_bytes", "a whole number of bytes")?,
            limits: Limits {
                file_bytes: values.at_least_one("max_file_bytes")?,
                duration_ms: hours.saturating_mul(3_600_000),
                pixels: values.at_least_one("max_pixels")?,
                pictures: values.at_least_one("max_pictures")?,
                total_megapixels: values.at_least_one("max_total_megapixels")?,
                tracks: values.at_least_one("max_tracks")?,
            },
            max_connections: values.at_least_one("max_connections")?,
            rate: Rate {
                per_second: values.parsed("rate_limit", "a whole number of requests, 0 for no limit")?,
                burst: values.at_least_one("rate_burst")?,
            },
            egress: EgressRate {
                total: NonZeroU64::new(values.parsed::<u64>("egress_limit", BYTES_A_SECOND)?),
                each: NonZeroU64::new(values.parsed::<u64>("egress_limit_per_address", BYTES_A_SECOND)?),
            },
            job_concurrency: values.at_least_one("job_concurrency")?,
            encode_concurrency: match values.optional("encode_concurrency") {
                Some(_) => values.at_least_one("encode_concurrency")?,
                None => std::thread::available_parallelism().map_or(1, usize::from),
            },
            drain_seconds: values.parsed("drain_seconds", "a whole number of seconds")?,
            log: values.log()?,
            log_format: format,
            ffprobe: values.optional("ffprobe").map(Into::into),
            ffmpeg: values.optional("ffmpeg").map(Into::into),
            sandbox: values.sandbox()?,
            master_key: match values.optional("master_key") {
                None => None,
                Some(text) => {
                    let expected = "64 hexadecimal digits";
                    Some(master_key::parse(&text).ok_or_else(|| values.wrong("master_key", expected))?)
                }
            },
            master_key_file: values
                .optional("master_key_file")
                .map_or_else(|| PathBuf::from(values.text("data_dir")).join("master.key"), Into::into),
            bootstrap_api_key: values.optional("bootstrap_api_key"),
            ignored_variables,
        })
    }
}

fn host(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}
