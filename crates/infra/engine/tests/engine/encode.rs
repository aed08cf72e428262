//! Renditions made for real.

use crate::films::{engine, film_of, probe};
use async_trait::async_trait;
use kinora_app::Error;
use kinora_app::port::{
    Done, Effort, EncodeOrder, EncodeWork, Encoder as _, Examined, KeyFrames, Object, PictureWork, Prober as _,
    SoundWork, Watch, Window,
};
use kinora_domain::chunk::{Grid, chunks, steady};
use kinora_domain::ladder::Rung;
use kinora_domain::output::Timing;
use kinora_domain::picture::{PictureFacts, Size};
use kinora_domain::preset::SoundFormat;
use kinora_domain::track::TrackKind;
use kinora_engine::{Engine, EngineLimits};
use kinora_media::sniff::Container;
use std::sync::Arc;

/// Keeps everything that it hears.
#[derive(Default)]
struct Heard(Vec<(Done, Vec<u64>, bool)>);

#[async_trait]
impl Watch for Heard {
    async fn hear(&mut self, done: Done, outputs: &[Arc<dyn Object>], ended: bool) -> Result<(), Error> {
        self.0.push((done, outputs.iter().map(|output| output.size()).collect(), ended));
        Ok(())
    }
}

async fn facts(engine: &Engine, film: &Arc<dyn Object>, container: Container) -> (u32, PictureFacts) {
    let examined = engine.look(Arc::clone(film), container).await.unwrap();
    let track = examined.track(TrackKind::Video, 0).unwrap();
    let facts = match track.what {
        Examined::Picture(facts) => Some(facts),
        Examined::Sound(_) | Examined::Captions => None,
    };
    (track.stream, facts.unwrap())
}

fn rung(width: u32, height: u32) -> Rung {
    Rung { size: Size { width, height }, crf: 24, max_kbps: 1_000 }
}

#[tokio::test]
async fn chunks_of_a_film_hold_every_picture_once_whatever_the_container() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    for (name, container) in [
        ("a.ts", Container::MpegTs),
        ("a.mkv", Container::Matroska),
        ("a.mov", Container::QuickTime),
        ("a.flv", Container::Flv),
        ("a.avi", Container::Avi),
    ] {
        // An open rhythm of sync pictures, so that chunks begin between them.
        let film = film_of(
            folder.path(),
            name,
            "testsrc2=s=192x108:r=30000/1001:d=45",
            "-c:v libx264 -preset ultrafast -bf 2 -g 170",
        );
        let (stream, facts) = facts(&engine, &film, container).await;
        let pictures = engine.pictures(Arc::clone(&film), container, stream, &facts, false).await.unwrap();
        assert_eq!(pictures.times.len(), 1_349, "{name}");
        if container == Container::Avi {
            assert!(pictures.vague, "this container does not say when pictures are shown");
            continue;
        }
        assert!(!pictures.vague, "{name}");
        let rate = steady(&pictures, facts.rate).unwrap();
        let plan = chunks(&pictures, Grid::Regular(Some(rate)), 0);
        assert_eq!(plan.len(), 2, "{name}");
        for chunk in plan {
            let order = EncodeOrder {
                container,
                stream,
                untrimmed: false,
                window: Window::Pictures { base: facts.base, seek: chunk.seek, from: chunk.from, until: chunk.until },
                work: EncodeWork::Pictures(PictureWork {
                    filters: vec![],
                    timing: Timing::Steady(rate),
                    keys: KeyFrames::At(chunk.keys.clone()),
                    rungs: vec![rung(192, 108), rung(96, 54)],
                    effort: Effort::Good,
                }),
                threads: 1,
            };
            let mut heard = Heard::default();
            let outputs = engine.encode(Arc::clone(&film), &order, &mut heard).await.unwrap();
            for output in &outputs {
                let packets = probe(&output.local_path().unwrap(), "packet=pts,flags");
                let times: Vec<(i64, bool)> = packets
                    .lines()
                    .map(|line| line.split_once(',').unwrap())
                    .map(|(time, flags)| (time.parse().unwrap(), flags.starts_with('K')))
                    .collect();
                assert_eq!(times.len() as u64, chunk.pictures, "{name}");
                let mut keys: Vec<_> = times.iter().filter(|time| time.1).map(|time| time.0 / 1_001).collect();
                keys.sort_unstable();
                let expected: Vec<_> = (0_i64..).map(|number| number * 60).take(chunk.keys.len()).collect();
                assert_eq!(keys, expected, "{name}: groups of two seconds, counted in pictures");
            }
            let (done, sizes, ended) = heard.0.last().unwrap();
            assert!(*ended && sizes.iter().all(|size| *size > 0));
            assert_eq!(done.pictures, chunk.pictures);
            assert!(heard.0.iter().zip(heard.0.iter().skip(1)).all(|(one, next)| one.0.pictures <= next.0.pictures));
        }
    }
}

#[tokio::test]
async fn sound_begins_with_its_own_first_moment() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    // The sound begins half a second behind the picture.
    let film = film_of(
        folder.path(),
        "late.ts",
        "testsrc2=s=96x54:r=25:d=4",
        "-itsoffset 0.5 -f lavfi -i sine=d=3:r=44100 -map 0 -map 1 -c:v mpeg2video -c:a mp2",
    );
    let examined = engine.look(Arc::clone(&film), Container::MpegTs).await.unwrap();
    let stream = examined.track(TrackKind::Audio, 0).unwrap().stream;
    let order = EncodeOrder {
        container: Container::MpegTs,
        stream,
        untrimmed: false,
        window: Window::All,
        work: EncodeWork::Sound(SoundWork { format: SoundFormat::Aac, rate: 44_100, channels: 1, kbps: 64 }),
        threads: 1,
    };
    let outputs = engine.encode(film, &order, &mut Heard::default()).await.unwrap();
    let path = outputs[0].local_path().unwrap();
    let duration: f64 = probe(&path, "format=duration").trim().parse().unwrap();
    assert!((2.95..3.1).contains(&duration), "{duration}");
    let own = examined.track(TrackKind::Audio, 0).unwrap().start_micros - examined.start_micros;
    assert!((450_000..550_000).contains(&own), "{own}");
    drop(outputs);
    assert!(!path.exists(), "what a program wrote goes with whoever held it");
}

#[tokio::test]
async fn what_cannot_be_decoded_is_told_in_the_programs_words() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let film = film_of(folder.path(), "a.mkv", "testsrc2=s=96x54:r=25:d=1", "-c:v libx264");
    let order = EncodeOrder {
        container: Container::Matroska,
        stream: 7,
        untrimmed: false,
        window: Window::All,
        work: EncodeWork::Sound(SoundWork { format: SoundFormat::Mp3, rate: 48_000, channels: 2, kbps: 128 }),
        threads: 1,
    };
    let error = engine.encode(film, &order, &mut Heard::default()).await.err().unwrap();
    assert!(error.to_string().contains("matches no streams"), "{error}");
}
