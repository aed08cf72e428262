//! The commented settings file.

use super::table::{Row, TABLE};

const HEAD: &str = "\
# Settings of Kinora. Every line that is commented out shows the default. Looked for as `kinora.toml` in the
# working directory, then as `/etc/kinora/kinora.toml`, or named by `--config` or `KINORA_CONFIG`.
#
# The environment wins over this file: `KINORA_` and the name in upper case. A flag wins over both:
# `kinora serve --data-dir ...`.
";

/// The text of `kinora.example.toml`.
pub(crate) fn example_file() -> String {
    let mut text = HEAD.to_owned();
    for row in TABLE.iter().filter(|row| !row.secret) {
        text.push('\n');
        for line in wrapped(row.about) {
            text.push_str("# ");
            text.push_str(&line);
            text.push('\n');
        }
        text.extend(["#", row.name, " = ", &literal(row), "\n"]);
    }
    text
}

/// Numbers as numbers, the rest as strings.
fn literal(row: &Row) -> String {
    if !row.default.is_empty() && row.default.bytes().all(|byte| byte.is_ascii_digit()) {
        return row.default.to_owned();
    }
    format!("\"{}\"", row.default)
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + word.len() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}
