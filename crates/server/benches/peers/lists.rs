//! Pages of a library of 100,000 assets, by every filter and every sort.

use crate::failure::{Context as _, Failure, Outcome};
use crate::report::{Detail, Report};
use crate::row::{Row, Target, Unit};
use crate::server::{KEY, Server};
use crate::stats::median;
use crate::{Bench, say};
use kinora_app::port::Store as _;
use kinora_domain::asset::{Asset, AssetSource, AssetState};
use kinora_domain::file::Failure as Broken;
use kinora_domain::labels::{Attribute, Labels};
use kinora_domain::playback::AssetPolicy;
use kinora_domain::{AssetId, FileId, OrganizationId, ProjectId, Timestamp};
use kinora_store::{Location, SqlStore};
use std::path::Path;
use std::time::Instant;
use uuid::Uuid;

/// Assets in the library; `--quick` has a tenth of them.
const ASSETS: u64 = 100_000;

/// Assets stored in one transaction.
const BATCH: u64 = 2_000;

/// Requests of a kind in each round.
const REQUESTS: usize = 100;

/// How long the slowest of a hundred may take.
const P99: f64 = 0.010;

/// When the oldest asset was made: 1 January 2026. Each is a minute younger than the one before.
const BEGIN_MS: i64 = 1_767_225_600_000;
const MINUTE_MS: i64 = 60_000;

const WORDS: [&str; 20] = [
    "Summer",
    "winter",
    "Interview",
    "trailer",
    "Final",
    "draft",
    "lecture",
    "Concert",
    "keynote",
    "board",
    "Meeting",
    "highlights",
    "raw",
    "cut",
    "Episode",
    "season",
    "wedding",
    "tutorial",
    "Launch",
    "demo",
];
const PRESETS: [&str; 4] = ["mp4", "mp4_720p", "dash_hls_1080p", "dash_hls_2160p"];

/// What is asked: a name for people, and the query.
fn questions(count: u64) -> Vec<(&'static str, String)> {
    let ask = |text: &str| text.to_owned();
    let moment = |number: u64| {
        // Days of the year of the library, as a client writes them.
        let days = number * 60 / 86_400;
        format!("2026-{:02}-{:02}T00:00:00Z", 1 + days / 31, 1 + days % 28)
    };
    let ids: Vec<String> = (0..50).map(|number| asset_id(number * count / 50).to_string()).collect();
    vec![
        ("newest first", ask("")),
        ("by creation", ask("sort=createDate")),
        ("by change", ask("sort=lastModificationDate&desc=true")),
        ("by title", ask("sort=title")),
        ("by title, backwards", ask("sort=title&desc=true")),
        ("by status", ask("sort=status")),
        ("by preset", ask("sort=preset&desc=true")),
        ("by duration", ask("sort=durationMilliseconds&desc=true")),
        ("a page in the middle", format!("page={}", count / 200)),
        ("the last page", format!("sort=title&page={}", count / 100)),
        ("one status, a common one", ask("statuses=Available")),
        ("one status, a rare one", ask("statuses=Error&sort=title")),
        ("two statuses", ask("statuses=Error,Processing&sort=lastModificationDate")),
        ("one preset", ask("presets=mp4_720p&sort=durationMilliseconds")),
        ("two presets", ask("presets=mp4,dash_hls_1080p&sort=title")),
        (
            "made in a month",
            format!("createDateStart={}&createDateEnd={}", moment(count / 2), moment(count / 2 + 40_000)),
        ),
        ("changed since", format!("lastModificationDateStart={}&sort=title", moment(count / 2))),
        ("of a length", ask("durationFrom=600000&durationTo=1200000")),
        ("a tag of a tenth", ask("tags=tenth")),
        ("a rare tag", ask("tags=rare&sort=title")),
        ("two tags", ask("tags=tenth,third")),
        ("an attribute", ask("attributes=year=2026&sort=title&desc=true")),
        ("of a file", format!("fileId={}", file_id(7))),
        ("fifty ids", format!("ids={}", ids.join(","))),
        ("a word of many titles", ask("query=interview")),
        ("a word of many titles, by title", ask("query=INTERVIEW&sort=title")),
        ("two words of some titles", ask("query=wedding%20demo")),
        ("a number of one title", ask("query=00042")),
        ("a text of no title", ask("query=zebra")),
        ("one letter", ask("query=e&sort=lastModificationDate")),
    ]
}

/// Measures every question, in turns.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let count = if bench.options.quick { ASSETS / 10 } else { ASSETS };
    let data = bench.scratch.folder("lists")?;
    // The first start makes the store and the key.
    Server::start(bench, &data, None)?.stop()?;
    say(&format!("lists: {count} assets are stored"));
    tokio::runtime::Runtime::new()?.block_on(fill(&data, count))?;
    let server = Server::start(bench, &data, None)?;
    let mut client = server.client();
    let headers = format!("X-Api-Key: {KEY}\r\n");
    let questions = questions(count);
    let mut seconds = vec![Vec::new(); questions.len()];
    let mut found = vec![0; questions.len()];
    for number in 0..bench.options.rounds {
        say(&format!("lists, round {}", number + 1));
        for ((samples, total), (name, query)) in seconds.iter_mut().zip(&mut found).zip(&questions) {
            for _ in 0..REQUESTS {
                let path = format!("/vod/v1/assets?{query}");
                let begin = Instant::now();
                let answer = client.send("GET", &path, &headers, &[])?;
                samples.push(begin.elapsed().as_secs_f64());
                answer.succeeded(&format!("{name}: GET {path}"))?;
                let page: serde_json::Value = serde_json::from_slice(&answer.body).context(name)?;
                *total = page["totalCount"].as_u64().context("a page without totalCount")?;
            }
        }
    }
    server.stop()?;
    bench.scratch.folder("lists")?;
    let lines: Vec<_> = questions.iter().zip(&seconds).zip(&found).collect();
    let slowest = lines.iter().map(|((_, samples), _)| p99(samples)).fold(0.0, f64::max);
    report.row(Row {
        what: format!("a page of {count} assets, p99 of the slowest filter or sort"),
        unit: Unit::Seconds,
        ours: vec![slowest],
        peer: None,
        targets: vec![Target::AtMost(P99)],
    });
    let show = |seconds| Unit::Seconds.show(seconds);
    report.detail(Detail {
        title: format!("Pages of 100 of {count} assets, {} requests each", bench.options.rounds * REQUESTS),
        columns: ["asked", "found", "median", "p99"].map(str::to_owned).to_vec(),
        lines: lines
            .into_iter()
            .map(|(((name, _), samples), total)| {
                vec![(*name).to_owned(), total.to_string(), show(median(samples)), show(p99(samples))]
            })
            .collect(),
    });
    Ok(())
}

/// What 99 of 100 samples do not exceed.
fn p99(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
}

fn asset_id(number: u64) -> AssetId {
    AssetId::new(id(1, number))
}

fn file_id(number: u64) -> FileId {
    FileId::new(id(2, number))
}

/// An id as the server makes them: of a moment, and then by chance.
fn id(kind: u64, number: u64) -> Uuid {
    let millis = u128::from(BEGIN_MS.unsigned_abs() + number * MINUTE_MS.unsigned_abs());
    let chance = mixed(number * 2 + kind);
    Uuid::from_u128(millis << 80 | 0x7 << 76 | 0x2 << 62 | u128::from(chance >> 2))
}

/// A number that has nothing to do with the one before (SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

fn one_of<T: Copy>(all: &[T], chance: u64) -> Outcome<T> {
    let count = u64::try_from(all.len())?;
    let at = usize::try_from(chance.checked_rem(count).unwrap_or_default())?;
    all.get(at).copied().context("nothing to choose from")
}

/// Stores the library next to what the server made.
async fn fill(data: &Path, count: u64) -> Outcome<()> {
    let path = data.join("kinora.sqlite");
    let store = SqlStore::open(&Location::Sqlite(path.clone())).await.context(path.display())?;
    let organizations = store.read().await?.organizations().await?;
    let [organization] = organizations.as_slice() else { return Err(Failure::new("there is not one organization")) };
    let (owner, project) = (organization.id, organization.default_project);
    for first in (0..count).step_by(usize::try_from(BATCH)?) {
        let mut tx = store.begin().await?;
        for number in first..count.min(first + BATCH) {
            let asset = asset(owner, project, number)?;
            tx.insert_asset(&asset).await?;
            tx.put_asset_labels(&asset, &labels(number)).await?;
        }
        tx.commit().await?;
    }
    store.close().await.context("closing the store")
}

fn asset(organization: OrganizationId, project: ProjectId, number: u64) -> Outcome<Asset> {
    let chance = mixed(number);
    let word = |shift: u32| one_of(&WORDS, chance >> shift);
    let created = Timestamp::from_millis(BEGIN_MS).plus_millis(i64::try_from(number)?.saturating_mul(MINUTE_MS));
    let state = match chance % 20 {
        0 => AssetState::Processing,
        1 => AssetState::Failed(Broken {
            reason: "unreadable_media".to_owned(),
            message: "The file was cut short.".to_owned(),
        }),
        _ => AssetState::Available { duration_ms: chance % 7_200_000, size_bytes: chance % 4_000_000_000 },
    };
    Ok(Asset {
        id: asset_id(number),
        organization,
        project,
        title: Some(format!("{} {} {} {number:05}", word(8)?, word(16)?, word(24)?)),
        preset: one_of(&PRESETS, chance >> 32)?.to_owned(),
        metadata: Some(format!("{{\"series\":\"{}\",\"episode\":{}}}", word(40)?, chance % 100)),
        // Of each file two assets were made.
        playback: AssetPolicy::Inherit,
        sources: vec![AssetSource { file: file_id(number / 2), kinds: Vec::new(), tracks: Vec::new() }],
        state,
        created,
        modified: created.plus_millis(i64::try_from(chance % 86_400_000)?),
    })
}

fn labels(number: u64) -> Labels {
    let every = |step: u64, tag: &str| number.is_multiple_of(step).then(|| tag.to_owned());
    let tags = [every(10, "tenth"), every(3, "third"), every(1_000, "rare")].into_iter().flatten().collect();
    let attribute = |key: &str, value: String| Attribute { key: key.to_owned(), value };
    let attributes =
        vec![attribute("year", (2020 + number % 10).to_string()), attribute("owner", (number % 50).to_string())];
    Labels { tags, attributes }
}
