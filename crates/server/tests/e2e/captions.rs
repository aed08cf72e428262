//! Captions that lie within films: what viewers get of them is what was put in, when it was said, and what ffmpeg takes out of
//! the same film.

use crate::films::{self, begins};
use crate::harness::{IDLE, KEY, Running, Server, command, finish, until};
use crate::teletext;
use crate::text_in_fragments::{self as words, Words};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Text and when it is shown, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cue {
    start: u64,
    end: u64,
    text: String,
}

const SRT: &str = "\
1
00:00:00,400 --> 00:00:01,500
Good morning.

2
00:00:01,500 --> 00:00:02,250
Who is
there?

3
00:00:29,000 --> 00:00:31,500
Zażółć gęślą jaźń
";

/// The second track.
const OTHER: &str = "\
1
00:00:05,000 --> 00:00:06,000
<i>Guten Morgen</i>
";

fn file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("words");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Tones and a moving picture of forty seconds, and two captions of which all times are later by so many seconds.
fn input(later: &str) -> String {
    let (srt, other) = (file("one.srt", SRT), file("other.srt", OTHER));
    let picture = "-f lavfi -i testsrc2=s=160x90:r=25:d=40 -f lavfi -i sine=r=48000:d=40";
    let words = format!("-itsoffset {later} -i {} -itsoffset {later} -i {}", srt.display(), other.display());
    let language = "-metadata:s:s:0 language=pol -metadata:s:s:1 language=ger -metadata:s:s:1 title=Fremde";
    format!("{picture} {words} -map 0 -map 1 -map 2 -map 3 {language}")
}

const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -bf 2 -c:a aac -b:a 64k";

/// Times in the words of `WebVTT` and `SubRip`.
fn millis(text: &str) -> u64 {
    let (clock, millis) = text.trim().split_once([',', '.']).unwrap();
    let seconds = clock.split(':').fold(0, |seconds, part| seconds * 60 + part.parse::<u64>().unwrap());
    seconds * 1_000 + millis.parse::<u64>().unwrap()
}

/// The cues of a text in either.
fn cues(text: &str) -> Vec<Cue> {
    let blocks = text.split("\n\n").filter(|block| block.contains("-->"));
    let cue = |block: &str| {
        let mut lines = block.lines().skip_while(|line| !line.contains("-->"));
        let (start, rest) = lines.next().unwrap().split_once("-->").unwrap();
        let end = rest.split_whitespace().next().unwrap();
        let text = lines.collect::<Vec<_>>().join("\n");
        Cue { start: millis(start), end: millis(end), text }
    };
    blocks.map(cue).collect()
}

/// What is said of the captions of an asset in its multivariant playlist: language, name, playlist.
fn offered(server: &Server, asset: &str) -> Vec<[String; 3]> {
    let master = server.fetch(&format!("/play/{asset}/hls/master.m3u8")).expect(200).text();
    let attribute = |line: &str, name: &str| {
        let found = line.split_once(&format!(",{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        found.map_or_else(String::new, |(value, _)| value.to_owned())
    };
    let lines = master.lines().filter(|line| line.starts_with("#EXT-X-MEDIA:TYPE=SUBTITLES"));
    lines.map(|line| ["LANGUAGE", "NAME", "URI"].map(|name| attribute(line, name))).collect()
}

/// The cues that a player shows: those of all segments, which are those of the whole file.
fn shown(server: &Server, asset: &str, playlist: &str) -> Vec<Cue> {
    let text = server.fetch(&format!("/play/{asset}/hls/{playlist}")).expect(200).text();
    assert!(text.ends_with("#EXT-X-ENDLIST\n"), "{text}");
    let mut found = Vec::new();
    for address in text.lines().filter(|line| !line.starts_with('#')) {
        let segment = server.fetch(&format!("/play/{asset}/{}", address.trim_start_matches("../"))).expect(200).text();
        assert!(segment.contains("X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n"), "{segment}");
        found.extend(cues(&segment));
    }
    found.sort();
    found.dedup();
    let name = playlist.trim_end_matches(".m3u8");
    let whole = server.fetch(&format!("/play/{asset}/{name}/all.vtt")).expect(200).text();
    assert_eq!(found, cues(&whole));
    let mpd = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).expect(200).text();
    assert!(mpd.contains(&format!("<BaseURL>../{name}/all.vtt</BaseURL>")), "{mpd}");
    found
}

/// What ffmpeg takes out of a film as it stands, in milliseconds of the film's own timeline.
fn taken_out(film: &[u8], track: usize) -> Vec<Cue> {
    let source = tempfile::NamedTempFile::new().unwrap();
    fs::write(source.path(), film).unwrap();
    let mut take = command("ffmpeg");
    take.args(["-v", "error", "-nostdin", "-copyts", "-txt_format", "text", "-i"]).arg(source.path());
    let srt = finish(take.args(["-map", &format!("0:s:{track}"), "-c:s", "srt", "-f", "srt", "-"])).succeeded();
    // In which letters, nobody asks.
    let plain = |text: &str| {
        text.split("<font ").map(|part| part.split_once("\">").map_or(part, |(_, text)| text)).collect::<String>()
    };
    cues(&plain(&srt).replace("</font>", ""))
}

#[track_caller]
fn same(what: &str, own: &[Cue], expected: &[Cue]) {
    let words = |cues: &[Cue]| cues.iter().map(|cue| cue.text.clone()).collect::<Vec<_>>();
    assert_eq!(words(own), words(expected), "{what}");
    for (own, expected) in own.iter().zip(expected) {
        let apart = own.start.abs_diff(expected.start).max(own.end.abs_diff(expected.end));
        assert!(apart <= 25, "{what}: {own:?} {expected:?}");
    }
}

/// The same cues so many milliseconds later.
fn later(cues: &[Cue], by: i64) -> Vec<Cue> {
    let moved = |time: u64| time.saturating_add_signed(by);
    cues.iter().map(|cue| Cue { start: moved(cue.start), end: moved(cue.end), ..cue.clone() }).collect()
}

/// The captions of a film are those that were put into it so many milliseconds after its beginning, and where ffmpeg finds them.
#[track_caller]
fn are_there(server: &Server, asset: &str, (what, film): (&str, &[u8]), put: i64) {
    let found = offered(server, asset);
    let names: Vec<_> = found.iter().map(|[language, name, _]| [language.as_str(), name]).collect();
    assert_eq!(names, [["pl", "pl"], ["de", "Fremde"]], "{what}");
    let begin = begins(film, "v:0").min(begins(film, "a:0"));
    for (number, ([.., playlist], source)) in found.iter().zip([SRT, OTHER]).enumerate() {
        let own = shown(server, asset, playlist);
        same(what, &own, &later(&cues(source), put));
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "seconds of a test")]
        let begin = (begin * 1_000.0).round() as i64;
        let theirs = later(&taken_out(film, number), -begin);
        let plain = |cues: &[Cue]| {
            cues.iter()
                .map(|cue| Cue { text: cue.text.replace("<i>", "").replace("</i>", ""), ..cue.clone() })
                .collect::<Vec<_>>()
        };
        same(what, &plain(&own), &plain(&theirs));
    }
}

#[test]
fn text_tracks_of_movies_are_there_at_once() {
    let server = Server::start();
    for (name, offset, rest, put) in [
        ("words.mp4", "0", "-movflags +faststart -f mp4", 0),
        ("words.mov", "0", "-f mov", 0),
        ("ten.mp4", "0", "-output_ts_offset 10 -f mp4", 0),
        ("late.mp4", "1.75", "-f mp4", 1_750),
    ] {
        let film = films::made(name, &format!("{} {H264} -c:s mov_text {rest}", input(offset)));
        let asset = server.publish(name, &film);
        assert_eq!(server.asset_detail(&asset)["status"], "Available", "{name}");
        are_there(&server, &asset, (name, &film), put);
    }
    // Who downloads the film has them with it.
    let film = films::made("words.mp4", &format!("{} {H264} -c:s mov_text -movflags +faststart -f mp4", input("0")));
    let asset = server.publish("words.mp4", &film);
    let file = server.fetch(&format!("/play/{asset}/video.mp4")).expect(200).body;
    let plain = |cues: Vec<Cue>| {
        cues.into_iter().map(|cue| Cue { text: cue.text.replace("<i>", "").replace("</i>", ""), ..cue })
    };
    for (track, source) in [SRT, OTHER].into_iter().enumerate() {
        same(
            "the download",
            &plain(taken_out(&file, track)).collect::<Vec<_>>(),
            &plain(cues(source)).collect::<Vec<_>>(),
        );
    }
    // Of a film that is converted they are there before it is.
    let film = films::made("foreign.mov", &format!("{} -c:v mpeg4 -c:a pcm_s16le -c:s mov_text -f mov", input("0")));
    let asset = server.publish("foreign.mov", &film);
    until("it is made", || (server.asset_detail(&asset)["status"] == "Available").then_some(()));
    are_there(&server, &asset, ("foreign.mov", &film), 0);
}

/// Films whose captions a job takes out: whatever the container, the codec of the text, and what becomes of the film, they are
/// where picture and sound are.
#[test]
fn captions_of_other_films_are_there_when_they_were_taken_out() {
    let server = Server::start();
    for (name, offset, rest, put) in [
        ("srt.mkv", "0", "-c:s srt -f matroska", 0),
        ("ass.mkv", "0", "-c:s ass -f matroska", 0),
        ("words.webm", "0", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -c:s webvtt -f webm", 0),
        // All of it begins at ten seconds; and the words later than the rest.
        ("ten.mkv", "0", "-c:s srt -output_ts_offset 10 -f matroska", 0),
        ("late.mkv", "1.75", "-c:s srt -output_ts_offset 10 -f matroska", 1_750),
        // Half of it is converted, and all of it.
        ("half.mkv", "0", "-c:v mpeg4 -c:s srt -output_ts_offset 10 -f matroska", 0),
        ("whole.mkv", "0", "-c:v mpeg4 -c:a ac3 -c:s srt -output_ts_offset 10 -f matroska", 0),
    ] {
        let film = films::made(name, &format!("{} {H264} {rest}", input(offset)));
        let asset = server.publish(name, &film);
        server.settle();
        assert_eq!(server.asset_detail(&asset)["status"], "Available", "{name}");
        assert_eq!(server.asset_detail(&asset)["outputs"][0]["status"], "Available", "{name}");
        are_there(&server, &asset, (name, &film), put);
    }
}

/// The text tracks of a fragmented film: `WebVTT`, TTML, and one that is not read. All times are `begin` milliseconds later.
fn in_fragments(begin: u64) -> [Words; 3] {
    let (one, other) = (cues(SRT), cues(OTHER));
    let mut samples = vec![(0, words::cue(None))];
    for cue in &one {
        samples.retain(|(at, _)| *at != begin + cue.start);
        samples.push((begin + cue.start, words::cue(Some(&cue.text))));
        samples.push((begin + cue.end, words::cue(None)));
    }
    let document = |cues: &[Cue]| {
        let clock = |at: u64| format!("{}.{:03}s", (begin + at) / 1_000, (begin + at) % 1_000);
        let paragraph = |cue: &Cue| {
            let text = cue.text.replace("<i>", "<span tts:fontStyle='italic'>").replace("</i>", "</span>");
            format!("<p begin='{}' end='{}'>{text}</p>", clock(cue.start), clock(cue.end))
        };
        let body: String = cues.iter().map(paragraph).collect();
        let names = "xmlns='http://www.w3.org/ns/ttml' xmlns:tts='http://www.w3.org/ns/ttml#styling'";
        format!("<tt {names}><body><div>{body}</div></body></tt>").into_bytes()
    };
    // A cue goes on in the document behind the one that it began in.
    let ttml = [begin, begin + 5_400, begin + 10_000, begin + 20_000].map(|at| (at, document(&other)));
    let track = |handler: &[u8; 4], entry, language: &[u8; 3], name, samples| Words {
        handler: *handler,
        entry,
        language: *language,
        name,
        samples,
    };
    let vtt = (*b"wvtt", words::boxed(*b"vttC", b"WEBVTT"));
    let names = b"http://www.w3.org/ns/ttml\0\0\0".to_vec();
    [
        track(b"text", vtt, b"pol", "", samples),
        track(b"subt", (*b"stpp", names), b"deu", "Fremde", ttml.to_vec()),
        track(b"clcp", (*b"c608", vec![]), b"fra", "", vec![(begin, vec![0; 8])]),
    ]
}

/// Fragmented films whose captions ffmpeg does not know, whatever becomes of picture and sound.
#[test]
fn captions_in_fragments_are_there_when_they_were_found() {
    let server = Server::start();
    let input = "-f lavfi -i testsrc2=s=160x90:r=25:d=40 -f lavfi -i sine=r=48000:d=40";
    let flags = "-movflags frag_keyframe+delay_moov+default_base_moof -f mp4";
    let made = |name: &str, codecs: &str| {
        let film = films::made(name, &format!("{input} {codecs} {flags}"));
        let begin = begins(&film, "v:0").min(begins(&film, "a:0"));
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "seconds of a test"
        )]
        let begin = (begin * 1_000.0).round() as u64;
        words::insert(&film, &in_fragments(begin))
    };
    for (before, (name, codecs)) in (0..).zip([
        ("plays.mp4", H264.to_owned()),
        ("ten.mp4", format!("{H264} -output_ts_offset 10")),
        ("half.mp4", format!("{H264} -c:v mpeg4 -bf 0 -output_ts_offset 10")),
        ("whole.mp4", "-c:v mpeg4 -c:a ac3 -output_ts_offset 10".to_owned()),
    ]) {
        let film = made(name, &codecs);
        let file = server.store(name, &film);
        let detected = server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).expect(200).json();
        let ids = detected["tracks"].as_array().unwrap().iter().map(|track| track["trackSelector"]["trackId"].clone());
        let ids: Vec<_> = ids.collect();
        assert_eq!(ids, ["video_1", "audio_1", "captions_1", "captions_2", "captions_3"], "{name}");
        let asset = server.asset(&file);
        server.settle();
        assert_eq!(server.asset_detail(&asset)["outputs"][0]["status"], "Available", "{name}");
        let found = offered(&server, &asset);
        let names: Vec<_> = found.iter().map(|[language, name, _]| [language.as_str(), name]).collect();
        assert_eq!(names, [["pl", "pl"], ["de", "Fremde"]], "{name}");
        for ([.., playlist], source) in found.iter().zip([SRT, OTHER]) {
            same(name, &shown(&server, &asset, playlist), &cues(source));
        }
        let log = server.log_lines().into_iter().map(|line| line.to_string());
        let told = log.filter(|line| line.contains("its text is of no format that is read"));
        assert_eq!(told.filter(|line| line.contains("captions_3")).count(), before + 1, "{name}");
    }
    // A recording that was cut short in the fragments of its second text: what was written before is there.
    let film = made("plays.mp4", H264);
    let asset = server.publish("cut.mp4", &film[..place(&film, b"span tts") - 60]);
    server.settle();
    let found = offered(&server, &asset);
    let languages: Vec<_> = found.iter().map(|[language, ..]| language.as_str()).collect();
    assert_eq!(languages, ["pl"]);
    same("cut short", &shown(&server, &asset, &found[0][2]), &cues(SRT));
    assert!(server.log().contains("the file is cut short"), "{}", server.log());
}

/// Films of broadcasts: teletext, of which all begins at ten seconds and more.
#[test]
fn teletext_is_taken_out_of_transport_streams() {
    let server = Server::start();
    for (name, codecs) in [("h264.ts", H264), ("mpeg2.ts", "-c:v mpeg2video -b:v 1M -bf 2 -c:a mp2")] {
        let input = "-f lavfi -i testsrc2=s=160x90:r=25:d=12 -f lavfi -i sine=r=48000:d=12";
        let film = films::made(name, &format!("{input} {codecs} -output_ts_offset 10 -f mpegts"));
        let begin = begins(&film, "v:0");
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "seconds of a test"
        )]
        let at = |seconds: f64| ((begin + seconds) * 90_000.0).round() as u64;
        let pages: [(u64, &[&str]); 5] = [
            (at(0.5), &["Good morning."]),
            (at(1.5), &["Who is", "there?"]),
            (at(2.25), &[]),
            (at(7.0), &["Again"]),
            (at(9.5), &[]),
        ];
        let film = teletext::insert(&film, &pages);
        let file = server.store(name, &film);
        let asset = server.asset(&file);
        server.settle();
        assert_eq!(server.asset_detail(&asset)["status"], "Available", "{name}");
        let [[language, _, playlist]] = offered(&server, &asset).try_into().unwrap();
        assert_eq!(language, "pl", "{name}");
        let cue = |start, end, text: &str| Cue { start, end, text: text.to_owned() };
        let expected =
            [cue(500, 1_500, "Good morning."), cue(1_500, 2_250, "Who is\nthere?"), cue(7_000, 9_500, "Again")];
        let own = shown(&server, &asset, &playlist);
        let words = |cues: &[Cue]| cues.iter().map(|cue| cue.text.clone()).collect::<Vec<_>>();
        assert_eq!(words(&own), words(&expected), "{name}");
        // A page is shown when it has come, which a stream says to within an eighth of a second.
        for (own, expected) in own.iter().zip(&expected) {
            let apart = own.start.abs_diff(expected.start).max(own.end.abs_diff(expected.end));
            assert!(apart <= 125, "{name}: {own:?} {expected:?}");
        }
    }
}

/// The multivariant playlist of an asset, once it plays.
fn master(server: &Server, asset: &str) -> String {
    let address = format!("/play/{asset}/hls/master.m3u8");
    until("it plays", || Some(server.fetch(&address)).filter(|answer| answer.status == 200)).text()
}

#[test]
fn captions_of_their_own_are_there_while_their_film_grows() {
    let server = Server::start();
    let film = server.store("hours.mkv", &films::two_hours());
    let words = server.store("words.srt", SRT.as_bytes());
    let asset = server.try_asset(&[&film, &words]).expect(200).json()["id"].as_str().unwrap().to_owned();
    let first = master(&server, &asset);
    assert!(first.contains(",SUBTITLES=\"captions\""), "{first}");
    let [[.., name]] = offered(&server, &asset).try_into().unwrap();
    let address = format!("/play/{asset}/hls/{name}");
    let growing = server.fetch(&address).expect(200).text();
    assert!(growing.contains("#EXT-X-PLAYLIST-TYPE:EVENT") && !growing.contains("#EXT-X-ENDLIST"), "{growing}");
    let listed = |text: &str| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    let segments = listed(&growing);
    let segment = server.fetch(&format!("/play/{asset}/{}", segments[0].trim_start_matches("../"))).expect(200).text();
    assert_eq!(cues(&segment), cues(SRT));
    // The picture is no further than what they are listed to.
    let picture = server.fetch(&format!("/play/{asset}/hls/v0-1.m3u8")).expect(200).text();
    assert!(picture.contains("EVENT"), "{picture}");
    let last =
        until("it is whole", || Some(server.fetch(&address).text()).filter(|text| text.ends_with("#EXT-X-ENDLIST\n")));
    let all = listed(&last);
    assert!((240..=241).contains(&all.len()), "two hours: {}", all.len());
    assert!(all.starts_with(&segments) && segments.len() < all.len(), "{} of {}", segments.len(), all.len());
    same("in the end", &shown(&server, &asset, &name), &cues(SRT));
}

#[test]
fn captions_that_come_later_are_offered_when_their_film_is_whole() {
    let server = Server::start();
    let film = films::made("whole.mkv", &format!("{} -c:v mpeg4 -c:a ac3 -c:s srt -f matroska", input("0")));
    let asset = server.publish("whole.mkv", &film);
    until("it is whole", || {
        let master = master(&server, &asset);
        // What was offered before the film was whole would be missed by who came before it.
        let playlist = server.fetch(&format!("/play/{asset}/hls/v0-1.m3u8"));
        let is_whole = playlist.text().ends_with("#EXT-X-ENDLIST\n");
        assert!(is_whole || !master.contains("SUBTITLES"), "{master}");
        (server.asset_detail(&asset)["outputs"][0]["status"] == "Available").then_some(())
    });
    assert_eq!(offered(&server, &asset).len(), 2);
}

fn worker(server: &Server, settings: &[(&str, &str)]) -> Running {
    let mut command = server.home.kinora(&["worker"], settings);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    Running::start(&mut command)
}

#[test]
fn a_film_goes_on_without_its_captions_when_nobody_takes_them_out() {
    let film = films::made("srt.mkv", &format!("{} {H264} -c:s srt -f matroska", input("0")));
    let states = |server: &Server, asset: &str| {
        let detail = server.asset_detail(asset);
        [&detail["status"], &detail["outputs"][0]["status"]].map(|state| state.as_str().unwrap().to_owned())
    };
    let taken = |server: &Server| {
        let listed = server.home.run(&["jobs", "list", "--kind", "read_captions"], &[]).succeeded();
        let line = listed.lines().nth(1).filter(|line| line.contains("leased"))?;
        line.split_whitespace().next().map(str::to_owned)
    };
    // The worker is killed while it takes them out: another does.
    let server = Server::with_args(&["--role", "api"]);
    let endless = server.home.script("ffmpeg", IDLE);
    let mut first = worker(&server, &[("KINORA_FFMPEG", &endless)]);
    let file = server.store("srt.mkv", &film);
    let asset = server.asset(&file);
    until("they are taken out", || taken(&server));
    let [plays, made] = states(&server, &asset);
    assert!(plays == "Available" && made != "Available", "it plays before they are there: {plays}, {made}");
    assert_eq!(offered(&server, &asset), [[""; 3]; 0]);
    until("the picture is looked at", || (states(&server, &asset)[1] == "Processing").then_some(()));
    let before = server.objects().len();
    first.kill();
    let second = worker(&server, &[]);
    server.settle();
    assert_eq!(states(&server, &asset), ["Available", "Available"]);
    are_there(&server, &asset, ("srt.mkv", &film), 0);
    assert_eq!(server.objects().len(), before + 4, "text and facts of two tracks");
    drop(second);
    // An operator cancels the job.
    let third = worker(&server, &[("KINORA_FFMPEG", &endless)]);
    let other_file = server.store("other.mkv", &film);
    let other = server.asset(&other_file);
    let job = until("they are taken out", || taken(&server));
    server.home.run(&["jobs", "cancel", &job], &[]).succeeded();
    server.settle();
    assert_eq!(states(&server, &other), ["Available", "Available"]);
    assert_eq!(offered(&server, &other), [[""; 3]; 0]);
    drop(third);
    // All of it goes with its assets and files.
    for (asset, file) in [(asset, file), (other, other_file)] {
        for path in [format!("/vod/v1/assets/{asset}"), format!("/vod/v1/files/{file}")] {
            server.request("DELETE", &path).key(KEY).send().expect(200);
        }
    }
    server.keeps(0);
}

/// Where `words` stand in a film for the first time.
#[track_caller]
fn place(film: &[u8], words: &[u8]) -> usize {
    film.windows(words.len()).position(|window| window == words).unwrap()
}

#[test]
fn a_film_is_not_refused_for_its_captions() {
    let server = Server::start();
    let film = films::made("words.mp4", &format!("{} {H264} -c:s mov_text -movflags +faststart -f mp4", input("0")));
    let logged = |words: &str| server.log_lines().iter().any(|line| line.to_string().contains(words));
    // A sample that claims more than there is: the others are shown.
    let mut lying = film.clone();
    let at = place(&lying, b"Good morning.");
    lying[at - 2] = 0xff;
    let asset = server.publish("lying.mp4", &lying);
    let found = offered(&server, &asset);
    same("lying", &shown(&server, &asset, &found[0][2]), &cues(SRT)[1..]);
    assert!(logged("1 samples are damaged") && logged("captions_1"), "{}", server.log());
    // A track that cannot be read at all: the others are there.
    let mut foreign = film.clone();
    let at = place(&foreign, b"tx3g");
    foreign[at..at + 4].copy_from_slice(b"c608");
    let asset = server.publish("foreign.mp4", &foreign);
    assert_eq!(server.asset_detail(&asset)["status"], "Available");
    let languages =
        |asset: &str| offered(&server, asset).into_iter().map(|[language, ..]| language).collect::<Vec<_>>();
    assert_eq!(languages(&asset), ["de"]);
    assert!(logged("its text is of no format that is read"), "{}", server.log());
    // The same of a film whose captions a job takes out: of one codec nobody knows, and letters that are none.
    let film = films::made("srt.mkv", &format!("{} {H264} -c:s srt -f matroska", input("0")));
    let mut strange = film.clone();
    let at = place(&strange, b"S_TEXT/UTF8");
    strange[at..at + 11].copy_from_slice(b"S_IMAGE/XYZ");
    let asset = server.publish("strange.mkv", &strange);
    server.settle();
    assert_eq!(server.asset_detail(&asset)["outputs"][0]["status"], "Available");
    assert_eq!(languages(&asset), ["de"]);
    let mut foreign = film.clone();
    let at = place(&foreign, "Zażółć".as_bytes());
    foreign[at + 2] = 0xff;
    let asset = server.publish("foreign.mkv", &foreign);
    server.settle();
    assert_eq!(server.asset_detail(&asset)["outputs"][0]["status"], "Available");
    assert_eq!(languages(&asset), ["pl", "de"]);
    let found = offered(&server, &asset);
    same("foreign letters", &shown(&server, &asset, &found[0][2])[..2], &cues(SRT)[..2]);
}

#[test]
fn captions_within_films_are_taken_as_they_are_named() {
    let server = Server::start();
    let film = films::made("words.mp4", &format!("{} {H264} -c:s mov_text -movflags +faststart -f mp4", input("0")));
    let file = server.store("words.mp4", &film);
    let detected = server.post(&format!("/vod/v1/files/{file}/detect"), &json!({})).expect(200).json();
    let ids = detected["tracks"].as_array().unwrap().iter().map(|track| track["trackSelector"]["trackId"].clone());
    assert_eq!(ids.collect::<Vec<_>>(), ["video_1", "audio_1", "captions_1", "captions_2"]);
    let made = |tracks: &Value, preset: &str| {
        let sources = json!([{ "fileId": file, "transcodingTracks": tracks }]);
        let asked = json!({ "transcodedSources": sources, "preset": preset });
        server.post("/vod/v1/assets", &asked).expect(200).json()["id"].as_str().unwrap().to_owned()
    };
    let captions = |id: &str, name: &str| json!({ "trackSelector": { "trackId": id }, "type": "Captions", "language": "cs", "name": name });
    let audio = json!({ "trackSelector": { "trackId": "audio_1" }, "type": "Audio" });
    let asset = made(&json!([audio, captions("captions_2", "Titulky")]), "mp4");
    let [[language, name, playlist]] = offered(&server, &asset).try_into().unwrap();
    assert_eq!([language.as_str(), &name], ["cs", "Titulky"]);
    same("the second", &shown(&server, &asset, &playlist), &cues(OTHER));
    assert_eq!(offered(&server, &made(&json!([audio]), "mp4")), [[""; 3]; 0], "only as named");
    assert_eq!(offered(&server, &made(&json!([]), "audio_m4a")), [[""; 3]; 0], "sound alone has none");
}
