//! Pictures made for real, read back by ffprobe and ffmpeg.

use crate::films::{engine, film_of, probe, programs};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use kinora_app::port::{EncodeError, Examined, Object, Painter as _, PictureOrder, Prober as _, Still, Take};
use kinora_domain::output::Filter;
use kinora_domain::picture::{Matrix, PictureFacts, Size, Transfer};
use kinora_domain::still::{Frame, MovingForm, StillForm};
use kinora_domain::track::TrackKind;
use kinora_engine::{Engine, EngineLimits};
use kinora_media::sniff::Container;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const X264: &str = "-c:v libx264 -preset ultrafast -qp 4 -pix_fmt yuv420p";
const SIZE: Size = Size { width: 64, height: 36 };
const WHOLE: Frame = Frame { scaled: SIZE, shown: SIZE };

fn order(take: Take) -> PictureOrder {
    PictureOrder { filters: vec![], take, frame: WHOLE, threads: 2 }
}

/// Lays down a film that ffmpeg makes of a synthetic picture.
async fn laid(engine: &Engine, folder: &Path, picture: &str, args: &str) -> Arc<dyn Object> {
    let film = film_of(folder, "film.mp4", picture, &format!("{args} -an -f mp4"));
    let bytes = std::fs::read(film.local_path().unwrap()).unwrap();
    // In pieces, as it comes from a store.
    let pieces: Vec<_> = bytes.chunks(1_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    engine.lay_down(stream::iter(pieces).boxed()).await.unwrap()
}

async fn made(engine: &Engine, film: &Arc<dyn Object>, order: &PictureOrder) -> Bytes {
    engine.paint(Arc::clone(film), order).await.unwrap()
}

/// The pixels of a picture in a file, as red, green and blue, at a size.
fn pixels(folder: &Path, picture: &[u8], width: usize, height: usize) -> Vec<[u8; 3]> {
    let path = folder.join("read");
    std::fs::write(&path, picture).unwrap();
    let read = Command::new(programs().ffmpeg)
        .args(["-v", "error", "-i"])
        .arg(&path)
        .args(["-frames:v", "1", "-vf", &format!("scale={width}:{height}:flags=area")])
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    assert_eq!(read.stdout.len(), width * height * 3);
    read.stdout.as_chunks().0.to_vec()
}

#[track_caller]
fn close(found: [u8; 3], expected: [u8; 3], what: &str) {
    let near = found.iter().zip(expected).all(|(one, other)| one.abs_diff(other) <= 6);
    assert!(near, "{what}: {found:?} is not {expected:?}");
}

#[tokio::test]
async fn every_form_has_its_size_and_the_colors_of_the_film() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    for (matrix, told) in [("smpte170m", Some(Matrix::Bt601)), ("bt709", Some(Matrix::Bt709)), ("bt709", None)] {
        let tags = if told.is_none() { "-colorspace bt709 -color_primaries bt709 -color_trc bt709" } else { "" };
        let convert = format!("-vf scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p");
        let args = format!("{convert} {X264} {tags}");
        let film = laid(&engine, folder.path(), "color=c=0xE04020:s=128x72:d=0.2", &args).await;
        let filters: Vec<Filter> = told.map(Filter::Tell).into_iter().collect();
        for (form, codec) in StillForm::ALL.into_iter().zip(["mjpeg", "png", "webp", "av1"]) {
            let order = PictureOrder { filters: filters.clone(), ..order(Take::First(Still::File(form))) };
            let picture = made(&engine, &film, &order).await;
            let what = format!("{form:?} of {matrix}, {told:?}");
            close(pixels(folder.path(), &picture, 1, 1)[0], [0xe0, 0x40, 0x20], &what);
            let read = probe(&folder.path().join("read"), "stream=codec_name,width,height");
            assert_eq!(read.trim(), format!("{codec},64,36"), "{what}");
        }
        let order = PictureOrder { filters, ..order(Take::First(Still::Pixels)) };
        let picture = made(&engine, &film, &order).await;
        assert_eq!(picture.len(), 64 * 36 * 4);
        assert!(picture.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255), "nothing shines through");
        let [red, green, blue, _] = picture.as_chunks::<4>().0[0];
        close([red, green, blue], [0xe0, 0x40, 0x20], "pixels");
    }
    assert!(engine.makes(StillForm::Avif).await && engine.makes(StillForm::Jpeg).await);
}

#[tokio::test]
async fn a_picture_stands_as_the_film_does_and_is_cut_around_its_middle() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    // Red at the left, green in the middle, blue at the right; its pixels are twice as wide as high.
    let picture = "color=red:s=96x96:d=0.2,drawbox=x=32:w=32:h=96:t=fill:color=lime,\
        drawbox=x=64:w=32:h=96:t=fill:color=blue,setsar=2/1";
    let (red, green, blue) = ([254, 0, 0], [0, 255, 0], [0, 0, 254]);
    let straight = laid(&engine, folder.path(), picture, X264).await;
    let still = Take::First(Still::File(StillForm::Png));
    let of = |width, height| Size { width, height };
    let frame = Frame { scaled: of(192, 96), shown: of(192, 96) };
    let whole = made(&engine, &straight, &PictureOrder { frame, ..order(still) }).await;
    assert_eq!(pixels(folder.path(), &whole, 3, 1).len(), 3);
    for (found, expected) in pixels(folder.path(), &whole, 3, 1).into_iter().zip([red, green, blue]) {
        close(found, expected, "straight");
    }
    let frame = Frame { scaled: of(192, 96), shown: of(60, 96) };
    let middle = made(&engine, &straight, &PictureOrder { frame, ..order(still) }).await;
    close(pixels(folder.path(), &middle, 1, 1)[0], green, "the middle");
    assert_eq!(probe(&folder.path().join("read"), "stream=width,height").trim(), "60,96");
    // On its side, by the matrix of the container: what is at the right comes to the top.
    let source = folder.path().join("film.mp4");
    let copy = format!("-i {} -map 1:v -c copy -metadata:s:v rotate=90", source.display());
    let turned = film_of(folder.path(), "turned.mp4", "color=s=16x16:d=1", &copy);
    let bytes = Bytes::from(std::fs::read(turned.local_path().unwrap()).unwrap());
    let film = engine.lay_down(stream::iter([Ok(bytes)]).boxed()).await.unwrap();
    let examined = engine.look(Arc::clone(&film), Container::QuickTime).await.unwrap();
    let facts = examined.track(TrackKind::Video, 0).map(|track| track.what);
    let Some(Examined::Picture(PictureFacts { shown, .. })) = facts else { unreachable!("{facts:?}") };
    assert_eq!(shown, of(96, 192), "told as it is shown");
    let frame = Frame { scaled: shown, shown };
    let upright = made(&engine, &film, &PictureOrder { frame, ..order(still) }).await;
    for (found, expected) in pixels(folder.path(), &upright, 1, 3).into_iter().zip([blue, green, red]) {
        close(found, expected, "turned");
    }
}

#[tokio::test]
async fn high_dynamic_range_becomes_standard() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    // White at 100 of 10,000 nits, which is about half of the curve.
    let pq = "-vf scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le -c:v libx265 -preset ultrafast -x265-params \
        log-level=none:pools=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc -tag:v hvc1";
    let film = laid(&engine, folder.path(), "color=c=0x828282:s=128x72:d=0.2", pq).await;
    let of = async |filters| {
        let order = PictureOrder { filters, ..order(Take::First(Still::File(StillForm::Png))) };
        pixels(folder.path(), &made(&engine, &film, &order).await, 1, 1)[0]
    };
    close(of(vec![]).await, [0x82; 3], "as it is written down");
    let shown = of(vec![Filter::ToneMap(Transfer::Pq)]).await;
    assert!(shown[0] > 0x92 && shown[0].abs_diff(shown[2]) <= 4, "{shown:?} is not bright and gray");
}

/// A film whose gray is twenty times its second, and some.
fn clock(seconds: u32) -> String {
    format!("color=black:s=128x72:r=10:d={seconds},geq=r='30+20*floor(T)':g='30+20*floor(T)':b='30+20*floor(T)'")
}

#[tokio::test]
async fn a_sheet_shows_each_step_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let film = laid(&engine, folder.path(), &clock(11), &format!("{X264} -g 30 -bf 2")).await;
    let sheet = Take::Sheet { every_ms: 2_000, columns: 4, rows: 2 };
    let picture = made(&engine, &film, &order(sheet)).await;
    let shown = pixels(folder.path(), &picture, 8, 4);
    assert_eq!(probe(&folder.path().join("read"), "stream=codec_name,width,height").trim(), "mjpeg,256,72");
    // Eleven seconds have six steps; the places behind them are black.
    for (place, gray) in [30, 70, 110, 150, 190, 230, 0, 0].into_iter().enumerate() {
        let (column, row) = (place % 4 * 2, place / 4 * 2);
        close(shown[row * 8 + column], [gray; 3], &format!("place {place}"));
        close(shown[(row + 1) * 8 + column + 1], [gray; 3], &format!("place {place}, its other corner"));
    }
    let first = Take::Sheet { every_ms: 1_000, columns: 2, rows: 1 };
    let shown = pixels(folder.path(), &made(&engine, &film, &order(first)).await, 2, 1);
    close(shown[1], [50; 3], "what does not fit is left out");
}

#[tokio::test]
async fn a_poster_is_none_of_the_black_ones() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    // Two of ten pictures show nothing.
    let picture = "testsrc2=s=128x72:r=1:d=10,drawbox=w=iw:h=ih:t=fill:color=black:enable='lt(n,1)+gt(n,8)'";
    let film = laid(&engine, folder.path(), picture, &format!("{X264} -g 1")).await;
    let poster = made(&engine, &film, &order(Take::Typical(Still::File(StillForm::Jpeg), 10))).await;
    let shown = pixels(folder.path(), &poster, 4, 4);
    assert!(shown.iter().flatten().any(|color| *color > 100), "{shown:?}");
}

/// The chunks of a WebP file (RFC 9649, 2.3): name and body.
fn chunks(mut file: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut chunks = Vec::new();
    while let Some((name, rest)) = file.split_first_chunk::<4>() {
        let (size, rest) = rest.split_first_chunk::<4>().unwrap();
        let size = usize::try_from(u32::from_le_bytes(*size)).unwrap();
        chunks.push((&name[..], &rest[..size]));
        file = &rest[(size + size % 2).min(rest.len())..];
    }
    chunks
}

#[tokio::test]
async fn moving_pictures_move_for_as_long_as_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), EngineLimits::default());
    let film = laid(&engine, folder.path(), "testsrc2=s=128x72:r=25:d=2", X264).await;
    let moving = |form, speed| Take::Moving { form, rate: 12, speed };
    let gif = made(&engine, &film, &order(moving(MovingForm::Gif, 1))).await;
    std::fs::write(folder.path().join("a.gif"), &gif).unwrap();
    let told = probe(&folder.path().join("a.gif"), "stream=codec_name,width,height,duration");
    assert!(told.starts_with("gif,64,36,2.0"), "{told}");
    let webp = made(&engine, &film, &order(moving(MovingForm::WebP, 2))).await;
    let [(b"RIFF", body)] = chunks(&webp)[..] else { unreachable!("{} bytes", webp.len()) };
    let inner = chunks(body.strip_prefix(b"WEBP").unwrap());
    let (_, canvas) = inner.iter().find(|(name, _)| *name == b"VP8X").unwrap();
    assert_eq!((canvas[4], canvas[7]), (63, 35), "its size, less one");
    let (_, control) = inner.iter().find(|(name, _)| *name == b"ANIM").unwrap();
    assert_eq!(control[4..6], [0, 0], "over and over again");
    let frames: Vec<_> = inner.iter().filter(|(name, _)| *name == b"ANMF").collect();
    let millis = |frame: &[u8]| u32::from_le_bytes([frame[12], frame[13], frame[14], 0]);
    let length: u32 = frames.iter().map(|(_, frame)| millis(frame)).sum();
    assert!((11..=13).contains(&frames.len()) && length.abs_diff(1_000) <= 100, "{} in {length} ms", frames.len());
}

#[tokio::test]
async fn what_is_no_film_or_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let limits = EngineLimits { max_pixels: 128 * 64, ..EngineLimits::default() };
    let engine = engine(folder.path(), limits);
    let nothing = engine.lay_down(stream::iter([Ok(Bytes::from_static(b"#EXTM3U\n"))]).boxed()).await.unwrap();
    let still = order(Take::First(Still::File(StillForm::Jpeg)));
    let refused = engine.paint(nothing, &still).await.unwrap_err();
    assert!(matches!(refused, EncodeError::Unreadable { .. }), "{refused:?}");
    let large = laid(&engine, folder.path(), "color=s=128x72:d=0.2", X264).await;
    let refused = engine.paint(large, &still).await.unwrap_err();
    assert!(matches!(refused, EncodeError::Limit("pixels")), "{refused:?}");
    // Nothing is left of either.
    assert_eq!(std::fs::read_dir(folder.path().join("scratch")).unwrap().count(), 0);
}
