//! The layers, by what a program of ours can still do behind them.

use crate::films::{HELPER, engine, film, programs};
use kinora_engine::child::{Ended, Ending, Request, Urgency, run};
use kinora_engine::sandbox::{Hold, LimitSpec, Outcome};
use kinora_engine::{Confinement, EngineLimits, Layer, Layers};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

fn possible(outcomes: &[Outcome]) -> Vec<&str> {
    let possible = outcomes.iter().filter(|outcome| outcome.prevented.is_none());
    possible.map(|outcome| outcome.attempt.name()).collect()
}

#[tokio::test]
async fn without_layers_everything_but_the_limits_can_be_overcome() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let outcomes = engine.attempt_all(Confinement::Only(Layers::NONE)).await.unwrap().unwrap();
    // The limit says that no file may hold a byte, here or elsewhere.
    assert_eq!(possible(&outcomes), ["connect", "listen", "read", "start", "threads", "become"]);
}

#[tokio::test]
async fn each_layer_that_this_machine_has_prevents_what_it_is_there_for_and_all_together_everything() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let report = engine.examine_sandbox().await.unwrap();
    for finding in &report.layers {
        // What the machine refuses is no fault of ours; what was put on must hold.
        assert!(!matches!(finding.hold, Hold::Leaks(_)), "{finding}");
    }
    let holding = report.holding();
    if holding.has(Layer::Files) && holding.has(Layer::Calls) {
        let together = report.together.as_ref().unwrap();
        assert_eq!(report.possible().count(), 0, "{:?}", possible(together));
        // Threads are counted in a namespace of its own, and never for root.
        let counted = holding.has(Layer::Namespaces) && !rustix::process::getuid().is_root();
        assert_eq!(possible(together), if counted { vec![] } else { vec!["threads"] });
    }
}

#[tokio::test]
async fn a_layer_that_is_required_and_cannot_be_had_keeps_the_program_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let holding = engine.examine_sandbox().await.unwrap().holding();
    for layer in Layer::ALL {
        let required = Confinement::Require(Layers::NONE.with(layer));
        match engine.attempt_all(required).await.unwrap() {
            Ok(_) => assert!(holding.has(layer), "{layer}"),
            Err(words) => assert!(!holding.has(layer) && words.starts_with(layer.name()), "{words}"),
        }
    }
}

#[tokio::test]
async fn calls_that_are_denied_fail_and_those_that_break_out_end_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Layers::NONE.with(Layer::Calls);
    if !engine(folder.path(), EngineLimits::default()).examine_sandbox().await.unwrap().holding().has(Layer::Calls) {
        return;
    }
    let input = folder.path().join("input");
    std::fs::write(&input, "").unwrap();
    let denied = Ending::Exited(1);
    for (program, args, ending) in [
        ("/usr/bin/unshare", "--user true", Ending::Signaled(31)),
        ("/usr/bin/unshare", "--net true", Ending::Signaled(31)),
        ("/bin/ln", "-s /etc/passwd link", denied),
        ("/bin/chmod", "777 .", denied),
        ("/usr/bin/mkfifo", "pipe", denied),
    ] {
        let program = Path::new(program);
        let behind = confined(folder.path(), program, &input, args, Confinement::Only(calls)).await;
        assert_eq!(behind.ending, ending, "{} {args}: {}", program.display(), behind.complaints.text());
        if ending == denied {
            assert!(behind.complaints.text().contains("Operation not permitted"), "{}", behind.complaints.text());
            let open = confined(folder.path(), program, &input, args, Confinement::Only(Layers::NONE)).await;
            assert_eq!(open.ending, Ending::Exited(0), "{} {args}: {}", program.display(), open.complaints.text());
        }
    }
}

/// A program that reads a file as descriptor 0 in a folder of its own.
pub(crate) fn request(folder: &Path, program: &Path, input: &Path, args: &str, confinement: Confinement) -> Request {
    let own = folder.join("own");
    std::fs::create_dir_all(&own).unwrap();
    Request {
        program: program.to_path_buf(),
        args: args.split_whitespace().map(Into::into).collect(),
        input: Some(File::open(input).unwrap()),
        folder: own,
        limits: LimitSpec {
            memory_bytes: 4 << 30,
            cpu_seconds: 60,
            file_bytes: 10_000_000,
            open_files: 64,
            threads: 256,
            confinement,
        },
        urgency: Urgency::First,
        wall: Duration::from_mins(1),
        output_bytes: 10_000_000,
    }
}

/// A run of it.
pub(crate) async fn confined(
    folder: &Path,
    program: &Path,
    input: &Path,
    args: &str,
    confinement: Confinement,
) -> Ended {
    run(HELPER.into(), request(folder, program, input, args, confinement)).await.unwrap()
}

/// The confinement that all layers of this machine make, each required.
pub(crate) async fn all_that_hold(folder: &Path) -> Confinement {
    let report = engine(folder, EngineLimits::default()).examine_sandbox().await.unwrap();
    Confinement::Require(report.holding())
}

#[tokio::test]
async fn decoding_and_encoding_with_many_threads_takes_nothing_that_is_denied() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.mov", "-map 0 -map 1 -c:v prores -c:a pcm_s16le");
    let film = folder.path().join("film.mov");
    let confinement = all_that_hold(folder.path()).await;
    let read = "-nostdin -v error -y -threads 4 -i file:/proc/self/fd/0 -threads 4";
    for (name, args) in [
        ("h264.mp4", "-c:v libx264 -preset veryfast -c:a aac -movflags +faststart"),
        ("hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=error -c:a aac"),
        ("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -c:a libopus"),
        ("sound.mp3", "-vn -c:a libmp3lame"),
        ("picture.png", "-frames:v 1 -update 1"),
        (
            "cascade.mp4",
            "-filter_complex [0:v]split[a][b];[a]scale=80:-2[c] -map [b] -map [c] -c:v libx264 -f mp4 \
            -movflags frag_keyframe+empty_moov",
        ),
    ] {
        let args = format!("{read} {args} {name}");
        let ended = confined(folder.path(), &programs().ffmpeg, &film, &args, confinement).await;
        assert_eq!((ended.ending, ended.complaints.text().as_str()), (Ending::Exited(0), ""), "{name}");
        assert!(folder.path().join("own").join(name).metadata().unwrap().len() > 100, "{name}");
    }
}

#[tokio::test]
async fn whichever_layers_a_machine_has_a_film_is_decoded_and_encoded() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.mkv", "-map 0 -map 1 -c:v libx264 -c:a aac");
    let film = folder.path().join("film.mkv");
    let holding = engine(folder.path(), EngineLimits::default()).examine_sandbox().await.unwrap().holding();
    for chosen in 0..16_u8 {
        let layers: Layers =
            (0..).zip(Layer::ALL).filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, layer)| layer).collect();
        if Layer::ALL.into_iter().any(|layer| layers.has(layer) && !holding.has(layer)) {
            continue;
        }
        let args = "-nostdin -v error -y -i file:/proc/self/fd/0 -c:v libx264 -c:a aac film.mp4";
        let ended = confined(folder.path(), &programs().ffmpeg, &film, args, Confinement::Only(layers)).await;
        assert_eq!((ended.ending, ended.complaints.text().as_str()), (Ending::Exited(0), ""), "{layers}");
    }
}

#[tokio::test]
async fn output_larger_than_the_limit_of_files_is_an_error_that_the_program_tells() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.mkv", "-map 0 -c:v libx264");
    let film = folder.path().join("film.mkv");
    let args = "-nostdin -v error -i file:/proc/self/fd/0 -vf scale=1920:1080 -c:v rawvideo -f rawvideo large";
    let ended = confined(folder.path(), &programs().ffmpeg, &film, args, Confinement::Best).await;
    assert!(ended.complaints.text().contains("File too large"), "{}", ended.complaints.text());
    assert!(matches!(ended.ending, Ending::Exited(_)), "{:?}", ended.ending);
    assert!(folder.path().join("own/large").metadata().unwrap().len() <= 10_000_000);
}

/// The helper's own share of the start of a program: printed, not judged.
#[tokio::test]
#[ignore = "a measurement"]
async fn what_the_layers_cost_at_the_start() {
    const ROUNDS: usize = 50;
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, "").unwrap();
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let mut confinements = vec![("none".to_owned(), Confinement::Only(Layers::NONE))];
    confinements.extend(Layer::ALL.map(|layer| (layer.name().to_owned(), Confinement::Only(Layers::NONE.with(layer)))));
    confinements.push(("all".to_owned(), Confinement::Best));
    let mut times = vec![Vec::new(); confinements.len()];
    for _ in 0..ROUNDS {
        for (at, (_, confinement)) in confinements.iter().enumerate() {
            let begun = std::time::Instant::now();
            let ended = confined(folder.path(), Path::new("/bin/true"), &input, "", *confinement).await;
            times[at].push(begun.elapsed());
            assert_eq!(ended.ending, Ending::Exited(0), "{}", ended.complaints.text());
        }
    }
    for ((name, _), times) in confinements.iter().zip(times) {
        eprintln!("{name}: {:?}", median(times));
    }
}
