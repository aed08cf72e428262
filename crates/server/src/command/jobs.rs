//! `kinora jobs list|show|replay|cancel`.

use super::{Failure, remark, say};
use crate::host::WallClock;
use crate::settings::Settings;
use crate::world::World;
use clap::ArgMatches;
use kinora_app::App;
use kinora_app::port::Clock as _;
use kinora_app::work::{Cancellation, cancel_job, list_jobs, replay_job, replay_parked_jobs, show_job};
use kinora_domain::job::{JobFilter, JobState, JobView, MAX_ATTEMPTS, WorkKind};
use kinora_domain::page::{MAX_SIZE, PageRequest};
use kinora_domain::{JobId, Timestamp};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Does what the subcommand says, on the store itself: running workers see it within a second or two.
pub(super) async fn run(settings: Settings, matches: ArgMatches) -> Result<ExitCode, Failure> {
    let world = World::open(&settings).await?;
    let app = &world.app;
    match matches.subcommand() {
        Some(("list", asked)) => list(app, asked).await?,
        Some(("show", asked)) => show(app, id(asked)?).await?,
        Some(("replay", asked)) if asked.get_flag("all") => {
            say(&format!("{} jobs are ready again.\n", replay_parked_jobs(app).await?))?;
        }
        Some(("replay", asked)) => {
            let id = id(asked)?;
            replay_job(app, id).await?;
            say(&format!("Job {id} is ready again.\n"))?;
        }
        Some(("cancel", asked)) => {
            let id = id(asked)?;
            let words = match cancel_job(app, id).await? {
                Cancellation::Removed => "is canceled",
                Cancellation::Stopping => "is being stopped",
            };
            say(&format!("Job {id} {words}.\n"))?;
        }
        Some(_) | None => return Ok(ExitCode::FAILURE),
    }
    Ok(ExitCode::SUCCESS)
}

fn id(asked: &ArgMatches) -> Result<JobId, Failure> {
    let text = asked.get_one::<String>("id").map_or("", String::as_str);
    text.parse().map_err(|_malformed| "an id is a UUID, as `kinora jobs list` shows it".into())
}

async fn list(app: &App, asked: &ArgMatches) -> Result<(), Failure> {
    let named = |name: &str| asked.get_one::<String>(name).map(String::as_str);
    let filter = JobFilter {
        state: named("state").and_then(JobState::from_name),
        kind: named("kind").and_then(WorkKind::from_name),
        organization: None,
    };
    let page = PageRequest::new(Some(1), i64::try_from(MAX_SIZE).ok())?;
    let listed = list_jobs(app, &filter, page).await?;
    say(&table(&listed.items, WallClock.now()))?;
    if listed.has_more() {
        remark(&format!("These are the newest {} of {} jobs.", listed.items.len(), listed.total));
    }
    Ok(())
}

fn table(jobs: &[JobView], now: Timestamp) -> String {
    let mut lines = format!(
        "{:36}  {:14}  {:9}  {:8}  {:>5}  {:>5}  {}\n",
        "ID", "KIND", "STATE", "PRIORITY", "TRIES", "AGE", "NOTE"
    );
    for job in jobs {
        // Writing to a text does not fail.
        writeln!(
            lines,
            "{:36}  {:14}  {:9}  {:8}  {:>5}  {:>5}  {}",
            job.id.to_string(),
            job.kind,
            job.state.name(),
            job.priority.name(),
            format!("{}/{MAX_ATTEMPTS}", job.attempts),
            age(job.enqueued, now),
            note(job, now)
        )
        .unwrap_or_default();
    }
    lines
}

/// What there is to say about a job in its state, on one line.
fn note(job: &JobView, now: Timestamp) -> String {
    let words = || job.last_words.as_deref().unwrap_or_default().lines().next().unwrap_or_default();
    match (job.state, &job.lease) {
        (JobState::Waiting, _) => format!("waits for {} children", job.outstanding),
        (JobState::Scheduled, _) => {
            let due = job.due.map_or_else(String::new, |due| format!("in {}", age(now, due)));
            [due.as_str(), words()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
        }
        (_, Some(lease)) if lease.canceled => "is being stopped".to_owned(),
        (_, Some(lease)) => format!("heard of {} ago", age(lease.since, now)),
        _ => words().chars().take(120).collect(),
    }
}

/// The time from one moment to another in its largest unit.
fn age(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.millis().saturating_sub(from.millis()).max(0) / 1_000;
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

async fn show(app: &App, id: JobId) -> Result<(), Failure> {
    let job = show_job(app, id).await?;
    say(&details(&job, WallClock.now()))
}

fn details(job: &JobView, now: Timestamp) -> String {
    let mut rows: Vec<(&str, String)> = vec![
        ("id", job.id.to_string()),
        ("kind", job.kind.clone()),
        ("about", job.subject.to_string()),
        ("organization", job.organization.to_string()),
        ("state", job.state.name().to_owned()),
        ("priority", job.priority.name().to_owned()),
        ("tries", format!("{} of {MAX_ATTEMPTS}", job.attempts)),
        ("queued", format!("{} ago", age(job.enqueued, now))),
    ];
    if let Some(due) = job.due {
        rows.push(("due", format!("in {}", age(now, due))));
    }
    if let Some(lease) = &job.lease {
        let holder = lease.holder.map_or_else(|| "unknown".to_owned(), |holder| holder.to_string());
        rows.push(("holder", holder));
        rows.push(("heard of", format!("{} ago", age(lease.since, now))));
        rows.push(("lease ends", format!("in {}", age(now, lease.until))));
        rows.push(("canceled", if lease.canceled { "yes" } else { "no" }.to_owned()));
    }
    if let Some(group) = job.group {
        rows.push(("child of", group.to_string()));
    }
    if job.outstanding > 0 {
        rows.push(("waits for", format!("{} children", job.outstanding)));
    }
    let mut text = String::new();
    for (name, value) in rows {
        writeln!(text, "{name:12}  {value}").unwrap_or_default();
    }
    if let Some(words) = &job.last_words {
        writeln!(text, "\n{words}").unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        let told = |seconds: i64| age(Timestamp::from_millis(500), Timestamp::from_millis(500 + seconds * 1_000));
        let seconds = [-5, 0, 119, 120, 7_199, 7_200, 172_799, 172_800, 8_640_000];
        assert_eq!(seconds.map(told), ["0s", "0s", "119s", "2m", "119m", "2h", "47h", "2d", "100d"]);
    }
}
