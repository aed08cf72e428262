//! Files that reach a program without any list or forced reader in front of it: what is around the program
//! still keeps the files and the network of this machine from it.

use crate::films::{HELPER, Stored, engine, film, programs};
use crate::sandbox::{all_that_hold, confined, request};
use kinora_app::port::{ProbeError, Prober as _};
use kinora_engine::child::{Ended, Ending, run};
use kinora_engine::{Confinement, EngineLimits, Layers};
use kinora_media::sniff::Container;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const OPEN: Confinement = Confinement::Only(Layers::NONE);

/// ffprobe as it is when nobody forces anything on it, and made more trusting still.
const TRUSTING: &str = "-v error -protocol_whitelist file,http,tcp,crypto,data,concat -show_entries \
    stream=codec_name:format=format_name -i file:/proc/self/fd/0";

async fn trusting(folder: &Path, input: &Path, confinement: Confinement) -> Ended {
    confined(folder, &programs().ffprobe, input, TRUSTING, confinement).await
}

fn output(ended: &Ended) -> String {
    String::from_utf8_lossy(&ended.output).into_owned()
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn playlist(target: &str) -> String {
    format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n")
}

#[tokio::test]
async fn a_playlist_that_a_program_follows_leads_to_no_file() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.ts", "-map 0 -c:v libx264");
    let target = format!("file://{}", folder.path().join("film.ts").display());
    let confinement = all_that_hold(folder.path()).await;
    let upload = write(folder.path(), "upload.mp4", playlist(&target));
    // The trap is a real one: without the layers the film of somebody else is looked into.
    let open = trusting(folder.path(), &upload, OPEN).await;
    assert!(output(&open).contains("codec_name=h264"), "{} {}", output(&open), open.complaints.text());
    let confined = trusting(folder.path(), &upload, confinement).await;
    assert!(!output(&confined).contains("codec_name"), "{}", output(&confined));
    let complaints = confined.complaints.text();
    assert!(complaints.contains("Error when loading first segment"), "{complaints}");
}

#[tokio::test]
async fn a_script_of_concatenation_that_a_program_follows_leads_to_no_file() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.mkv", "-map 0 -c:v libx264");
    let target = folder.path().join("film.mkv");
    let confinement = all_that_hold(folder.path()).await;
    let upload = write(folder.path(), "upload.mp4", format!("ffconcat version 1.0\nfile '{}'\n", target.display()));
    let args = "-v error -safe 0 -show_entries stream=codec_name -i file:/proc/self/fd/0";
    let ffprobe = programs().ffprobe;
    let open = confined(folder.path(), &ffprobe, &upload, args, OPEN).await;
    assert!(output(&open).contains("codec_name=h264"), "{} {}", output(&open), open.complaints.text());
    let closed = confined(folder.path(), &ffprobe, &upload, args, confinement).await;
    assert!(!output(&closed).contains("codec_name"), "{}", output(&closed));
    assert!(closed.complaints.text().contains("Permission denied"), "{}", closed.complaints.text());
}

#[tokio::test]
async fn a_playlist_that_a_program_follows_leads_to_no_port() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let confinement = all_that_hold(folder.path()).await;
    let upload = write(folder.path(), "upload.mp4", playlist(&format!("http://{address}/film.ts")));
    // The trap is a real one: whoever calls is hung up on, and the program gives up.
    let caller = std::thread::spawn({
        let listener = listener.try_clone().unwrap();
        move || listener.accept().map(drop).is_ok()
    });
    trusting(folder.path(), &upload, OPEN).await;
    assert!(caller.join().unwrap());
    listener.set_nonblocking(true).unwrap();
    while listener.accept().is_ok() {}
    let confined = trusting(folder.path(), &upload, confinement).await;
    assert!(!output(&confined).contains("codec_name"), "{}", output(&confined));
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody called");
}

#[tokio::test]
async fn a_playlist_of_itself_comes_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let confinement = all_that_hold(folder.path()).await;
    let itself = "file:/proc/self/fd/0";
    let variants = format!("#EXTM3U\n{}", format!("#EXT-X-STREAM-INF:BANDWIDTH=1\n{itself}\n").repeat(50));
    for text in [playlist(itself), variants] {
        let upload = write(folder.path(), "upload.mp4", &text);
        let mut endless = request(folder.path(), &programs().ffprobe, &upload, TRUSTING, confinement);
        endless.wall = Duration::from_secs(1);
        let ended = run(HELPER.into(), endless).await.unwrap();
        assert!(matches!(ended.ending, Ending::TooLong | Ending::Exited(1)), "{:?} {text}", ended.ending);
        assert!(!output(&ended).contains("codec_name"), "{}", output(&ended));
        // What is forced on it makes it end at once.
        let stored = Arc::new(Stored(upload));
        let begun = Instant::now();
        for container in [Container::QuickTime, Container::MpegTs] {
            let error =
                engine(folder.path(), EngineLimits::default()).probe(Arc::<Stored>::clone(&stored), container).await;
            assert!(matches!(error, Err(ProbeError::Unreadable { .. })), "{error:?}");
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

/// An AVI file whose track of captions says that it holds a file of captions (`GAB2`), which is a playlist.
fn avi_with_captions(inside: &[u8]) -> Vec<u8> {
    fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = name.to_vec();
        bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
    }
    fn list(kind: [u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
        chunk(*b"LIST", &[kind.to_vec(), parts.concat()].concat())
    }
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    let main = words(&[40_000, 1000, 0, 0x10, 1, 0, 2, 0, 16, 16, 0, 0, 0, 0]);
    let header = |kind: &[u8; 4], codec: &[u8; 4]| {
        [&kind[..], codec, &words(&[0, 0, 0, 1, 25, 0, 1, 0, u32::MAX, 0, 0, 0])].concat()
    };
    let picture = [words(&[40, 16, 16]), vec![1, 0, 24, 0], b"MJPG".to_vec(), words(&[768, 0, 0, 0, 0])].concat();
    let name: Vec<u8> = "captions\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut captions = b"GAB2\0".to_vec();
    captions.extend(2_u16.to_le_bytes());
    captions.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
    captions.extend(name);
    captions.extend(4_u16.to_le_bytes());
    captions.extend(u32::try_from(inside.len()).unwrap().to_le_bytes());
    captions.extend(inside);
    let headers = list(
        *b"hdrl",
        &[
            chunk(*b"avih", &main),
            list(*b"strl", &[chunk(*b"strh", &header(b"vids", b"MJPG")), chunk(*b"strf", &picture)]),
            list(*b"strl", &[chunk(*b"strh", &header(b"txts", b"\0\0\0\0")), chunk(*b"strf", b"")]),
        ],
    );
    let body = list(*b"movi", &[chunk(*b"01tx", &captions), chunk(*b"00dc", b"\xff\xd8\xff\xd9")]);
    chunk(*b"RIFF", &[b"AVI ".to_vec(), headers, body].concat())
}

#[tokio::test]
async fn captions_in_an_avi_file_that_are_a_playlist_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.ts", "-map 0 -c:v libx264");
    let secret = folder.path().join("film.ts");
    let confinement = all_that_hold(folder.path()).await;
    let target = format!("file://{}", secret.display());
    let avi = write(folder.path(), "upload.avi", avi_with_captions(playlist(&target).as_bytes()));
    let confined = trusting(folder.path(), &avi, confinement).await;
    assert!(!output(&confined).contains("h264"), "{}", output(&confined));
    // With all that is forced, it is a picture with captions or nothing, and never what the playlist names.
    match engine(folder.path(), EngineLimits::default()).probe(Arc::new(Stored(avi)), Container::Avi).await {
        Ok(tracks) => assert!(tracks.iter().all(|track| ["mjpeg", "unknown"].contains(&&*track.codec)), "{tracks:?}"),
        Err(error) => assert!(matches!(error, ProbeError::Unreadable { .. }), "{error:?}"),
    }
}

#[tokio::test]
async fn magicyuv_is_refused_before_it_is_decoded_and_decoding_it_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let odd = film(folder.path(), "a.avi", "-map 0 -c:v magicyuv -pix_fmt gbrp");
    let error = engine(folder.path(), EngineLimits::default()).probe(odd, Container::Avi).await.unwrap_err();
    assert_eq!(error.to_string(), "the file cannot be read: codec magicyuv is not taken");
    // Forced through, it is decoded, behind all layers.
    let confinement = all_that_hold(folder.path()).await;
    let args = "-nostdin -v error -i file:/proc/self/fd/0 -frames:v 1 -f rawvideo frame";
    let input = folder.path().join("a.avi");
    let decoded = confined(folder.path(), &programs().ffmpeg, &input, args, confinement).await;
    assert_eq!(decoded.complaints.text(), "");
    assert_eq!(folder.path().join("own/frame").metadata().unwrap().len(), 160 * 120 * 3);
}

#[tokio::test]
async fn a_filter_that_reads_files_reads_none() {
    let folder = tempfile::tempdir().unwrap();
    film(folder.path(), "film.mkv", "-map 0 -c:v libx264");
    film(folder.path(), "other.mkv", "-map 0 -c:v libx264");
    let (film, other) = (folder.path().join("film.mkv"), folder.path().join("other.mkv"));
    let confinement = all_that_hold(folder.path()).await;
    let args = format!(
        "-nostdin -v error -y -i file:/proc/self/fd/0 -filter_complex movie={},scale=32:32[m] -map [m] -frames:v 1 \
        -f rawvideo seen",
        other.display()
    );
    let open = confined(folder.path(), &programs().ffmpeg, &film, &args, OPEN).await;
    assert_eq!(open.complaints.text(), "");
    let seen = folder.path().join("own/seen");
    std::fs::remove_file(&seen).unwrap();
    confined(folder.path(), &programs().ffmpeg, &film, &args, confinement).await;
    assert!(!seen.exists() || seen.metadata().unwrap().len() == 0);
}
