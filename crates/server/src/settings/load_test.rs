use super::*;

fn sources(file: Option<&Path>, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Sources {
    let owned =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { file: file.map(Path::to_owned), environment: owned(environment), flags: owned(flags) }
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_defaults() {
    let file = file("listen = \"127.0.0.1:1\"\nmax_tracks = 3\njob_concurrency = 1\n");
    let settings = load(&sources(
        Some(file.path()),
        &[("KINORA_LISTEN", "127.0.0.1:2"), ("KINORA_MAX_TRACKS", "4"), ("PATH", "/bin")],
        &[("listen", "127.0.0.1:3")],
    ))
    .unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.limits.tracks, 4);
    assert_eq!(settings.job_concurrency, 1);
    assert_eq!(settings.drain_seconds, 30);
    assert_eq!(settings.public_url, "http://127.0.0.1:3");
}

#[test]
fn a_wrong_name_suggests_the_right_one() {
    let with = |text: &str| file(text);
    let typo = with("trusted_proxy = \"10.0.0.1\"\n");
    let error = load(&sources(Some(typo.path()), &[], &[])).unwrap_err().to_string();
    assert!(error.ends_with("there is no setting `trusted_proxy`; did you mean `trusted_proxies`?"), "{error}");
    let error = load(&sources(None, &[("KINORA_DATADIR", "x")], &[])).unwrap_err().to_string();
    assert!(error.ends_with("`KINORA_DATADIR`; did you mean `KINORA_DATA_DIR`?"), "{error}");
    let other = load(&sources(None, &[("KINORA_SOMETHING_ELSE", "x"), ("KINORA_BIN", "x")], &[])).unwrap();
    assert_eq!(other.ignored_variables, ["KINORA_SOMETHING_ELSE", "KINORA_BIN"], "another program's variable");
    let far = with("colour = 1\n");
    let error = load(&sources(Some(far.path()), &[], &[])).unwrap_err().to_string();
    assert!(error.ends_with("there is no setting `colour`"), "{error}");
}

#[test]
fn a_wrong_value_says_what_is_allowed() {
    for (name, value) in [
        ("KINORA_LISTEN", "here"),
        ("KINORA_TRUSTED_PROXIES", "10.0.0.1,me"),
        ("KINORA_MAX_TRACKS", "-1"),
        ("KINORA_JOB_CONCURRENCY", "0"),
        ("KINORA_ENCODE_CONCURRENCY", "0"),
        ("KINORA_LOG", "loud"),
        ("KINORA_LOG", "info,=debug"),
        ("KINORA_LOG", "info,kinora_edge=loud"),
        ("KINORA_LOG_FORMAT", "xml"),
        ("KINORA_SANDBOX", "none"),
        ("KINORA_SANDBOX", "files,network"),
        ("KINORA_SANDBOX", ","),
        ("KINORA_PUBLIC_URL", "video.example"),
        ("KINORA_PUBLIC_URL", "https://video.example/?a"),
    ] {
        let error = load(&sources(None, &[(name, value)], &[])).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("must be"), "{error}");
    }
}

#[test]
fn a_secret_does_not_belong_into_the_file() {
    let file = file("bootstrap_api_key = \"abcdefghijklmnopqrstuvwxyz0123456789\"\n");
    let error = load(&sources(Some(file.path()), &[], &[])).unwrap_err().to_string();
    assert!(error.ends_with("as `KINORA_BOOTSTRAP_API_KEY`"), "{error}");
}

#[test]
fn the_example_file_is_the_defaults() {
    let example = super::super::example_file();
    let uncommented: String = example
        .lines()
        .filter_map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')))
        .fold(String::new(), |text, line| text + line + "\n");
    let file = file(&uncommented);
    let from_example = load(&sources(Some(file.path()), &[], &[])).unwrap();
    assert_eq!(from_example, load(&sources(None, &[], &[])).unwrap());
}
