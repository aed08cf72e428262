//! The table of settings.

/// One setting.
pub(crate) struct Row {
    /// Name in the file; the environment variable is `KINORA_` and this in upper case, the flag this
    /// with hyphens.
    pub(crate) name: &'static str,
    /// The default, as it would be written in the environment; empty when there is none.
    pub(crate) default: &'static str,
    /// What it does, for the example file and the flags' help.
    pub(crate) about: &'static str,
    /// Whether it may stand in the file and on the command line. Secrets come by the environment only:
    /// other users of the machine can read files and command lines more easily.
    pub(crate) secret: bool,
}

const fn row(name: &'static str, default: &'static str, about: &'static str) -> Row {
    Row { name, default, about, secret: false }
}

/// All settings, in the order of the example file.
pub(crate) const TABLE: [Row; 30] = [
    row("data_dir", "./data", "Folder for the database and the stored objects. It is made when it is not there."),
    row("listen", "127.0.0.1:8080", "Address and port to listen on."),
    row(
        "tls_listen",
        "",
        "Address and port to listen on for TLS, such as `0.0.0.0:443`, with HTTP/2 for those who speak it. Without it TLS is the affair of a proxy in front.",
    ),
    row(
        "tls_certificate",
        "",
        "File of the certificate, in PEM, with those that lead to its authority behind it. It is read again when it was replaced.",
    ),
    row("tls_key", "", "File of the certificate's private key, in PEM."),
    row(
        "public_url",
        "",
        "Origin (and path prefix, if any) under which clients reach this server; every link that it hands out begins with it. Without it: `http://` and the listen address.",
    ),
    row(
        "trusted_proxies",
        "",
        "Addresses of the proxies in front of this server, with commas between. Only their `X-Forwarded-For` is believed.",
    ),
    row("reserve_bytes", "268435456", "Bytes of disk that uploads leave free for the database."),
    row("max_file_bytes", "1099511627776", "Bytes of one uploaded file at most."),
    row("max_duration_hours", "48", "Hours that one video plays at most."),
    row("max_pixels", "35389440", "Pixels of one picture at most (8192 x 4320)."),
    row("max_pictures", "12000000", "Pictures of one video at most (two days at 60 a second, and some)."),
    row(
        "max_total_megapixels",
        "12000000",
        "Megapixels of all pictures of one video together that are encoded at most (a day of 1080p60, six hours of 2160p60).",
    ),
    row("max_tracks", "64", "Tracks of one file at most."),
    row(
        "max_connections",
        "4096",
        "Connections served at the same time. Beyond it the one that was idle for longest makes room, or else more wait.",
    ),
    row(
        "rate_limit",
        "100",
        "Requests a second that each API key may make for long; playback and parts do not count. 0: no limit.",
    ),
    row("rate_burst", "500", "Requests that each API key may make at once, before `rate_limit` counts."),
    row("egress_limit", "0", "Bytes of media a second that go out in total at most. 0: no limit."),
    row(
        "egress_limit_per_address",
        "0",
        "Bytes of media a second that go to one address (of IPv6: 64 bits of it) at most. 0: no limit.",
    ),
    row("job_concurrency", "2", "Short jobs (looking into files, copying) done at the same time."),
    row("encode_concurrency", "", "Encoding jobs done at the same time. Without it: one for each processor core."),
    row("drain_seconds", "30", "Seconds that requests under way get to end after the first signal."),
    row(
        "log",
        "info",
        "What is logged: `error`, `warn`, `info`, `debug` or `trace`, also by module, as in `info,kinora_edge=debug`.",
    ),
    row("log_format", "auto", "`text`, `json`, or `auto`: text on a terminal, JSON elsewhere."),
    row("ffprobe", "", "Path of the ffprobe program. Without it: the first one in PATH."),
    row("ffmpeg", "", "Path of the ffmpeg program. Without it: the first one in PATH."),
    row(
        "sandbox",
        "best",
        "What is around ffmpeg and ffprobe: `best`, every layer that this machine allows; `required`, all of them, or the server does not start; or the names of those that are required (`namespaces`, `files`, `ports`, `calls`), with commas between.",
    ),
    row(
        "master_key_file",
        "",
        "File of the master key, under which the keys of playback tokens and of encrypted outputs are kept. Without it: `master.key` in the data folder, made at the first start. Back it up apart from the database: without it those keys are lost.",
    ),
    Row {
        name: "master_key",
        default: "",
        about: "The master key itself, in place of a file: 64 hexadecimal digits. By the environment only.",
        secret: true,
    },
    Row {
        name: "bootstrap_api_key",
        default: "",
        about: "An admin API key installed when the store has no key: 32 to 128 URL-safe characters. By the environment only.",
        secret: true,
    },
];

impl Row {
    /// Its environment variable.
    pub(crate) fn variable(&self) -> String {
        format!("KINORA_{}", self.name.to_uppercase())
    }

    /// Its flag, without the leading hyphens.
    pub(crate) fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}
