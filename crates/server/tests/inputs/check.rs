//! What has to hold of a finished asset.

use crate::file;
use crate::fixture::{Colors, Fixture};
use crate::harness::{Server, Track, tracks};
use crate::reading::{Rendition, Seen, seconds};
use crate::recipe::FIELDS;

/// How far each of red, green and blue may be from what went in.
const SHADE: f64 = 12.0;

/// Everything about an asset that is not as the table says.
pub(crate) fn faults(server: &Server, asset: &str, fixture: &Fixture) -> Vec<String> {
    let mut faults = Vec::new();
    let detail = server.asset_detail(asset);
    if detail["status"] != "Available" {
        return vec![format!("it is not available: {detail}")];
    }
    for output in detail["outputs"].as_array().into_iter().flatten() {
        if output["status"] != "Available" {
            faults.push(format!("an output is not available: {output}"));
        }
    }
    let tracks = tracks(server, asset);
    let (sounds, pictures): (Vec<_>, Vec<_>) = tracks.iter().partition(|track| track.is_audio());
    let open = |tracks: &[&'_ Track]| -> Vec<_> {
        tracks.iter().map(|track| (track.name.clone(), (*track).clone())).collect()
    };
    let (pictures, sounds) = (open(&pictures), open(&sounds));
    let mut offsets = vec![0.0];
    let mut sizes = Vec::new();
    let mut starts: Vec<Vec<f64>> = Vec::new();
    let mut best = Vec::new();
    let mut heard = Vec::new();
    for (name, track) in &pictures {
        match picture(fixture, track) {
            Ok(found) => {
                if sizes.iter().all(|size| found.size > *size) {
                    best = found.pictures;
                }
                offsets = found.offsets;
                sizes.push(found.size);
                starts.push(found.starts);
                faults.extend(found.faults.into_iter().map(|fault| format!("{name}: {fault}")));
            }
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    if sizes != fixture.sizes {
        faults.push(format!("the sizes are {sizes:?}, not {:?}", fixture.sizes));
    }
    if let [first, others @ ..] = starts.as_slice() {
        for other in others {
            let same =
                first.len() == other.len() && first.iter().zip(other).all(|(one, other)| (one - other).abs() < 0.002);
            if !same {
                faults.push(format!("segments do not begin together: {first:?} and {other:?}"));
            }
        }
    }
    if sounds.len() != fixture.languages.len() {
        faults.push(format!("{} sounds, not {}", sounds.len(), fixture.languages.len()));
    }
    for (name, track) in &sounds {
        match sound(fixture, track, &offsets) {
            Ok(found) => {
                faults.extend(found.faults.into_iter().map(|fault| format!("{name}: {fault}")));
                heard.push(found.beeps);
            }
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    faults.extend(manifests(server, asset, fixture, &tracks));
    let path = format!("/play/{asset}/{}", if pictures.is_empty() { "audio.m4a" } else { "video.mp4" });
    match file::read(&server.fetch(&path).expect(200).body, !pictures.is_empty(), sounds.len()) {
        Ok(found) => faults.extend(found.faults(&best, &heard).into_iter().map(|fault| format!("{path}: {fault}"))),
        Err(fault) => faults.push(format!("{path}: {fault}")),
    }
    faults
}

struct Picture {
    size: (u32, u32),
    /// By how much the pictures of each recording come later than on the timeline of the recipe.
    offsets: Vec<f64>,
    /// When its segments begin.
    starts: Vec<f64>,
    /// When each picture is shown, and its number.
    pictures: Vec<(f64, u32)>,
    faults: Vec<String>,
}

struct Sound {
    /// When each beep begins.
    beeps: Vec<f64>,
    faults: Vec<String>,
}

fn picture(fixture: &Fixture, track: &Track) -> Result<Picture, String> {
    let mut faults = Vec::new();
    let rendition = Rendition::open(track)?;
    let tick = rendition.tick();
    let frame = 1.0 / fixture.per_second();
    let pictures = rendition.pictures()?;
    headers(&rendition, &mut faults);
    packets(&rendition, fixture, &mut faults);
    let expected = fixture.shown.iter().cycle().take(fixture.shown.len() * fixture.recordings);
    let numbers: Vec<_> = pictures.iter().map(|(_, seen)| seen.number).collect();
    if !numbers.iter().eq(expected.clone()) {
        let expected: Vec<_> = expected.copied().collect();
        let odd = numbers.iter().zip(&expected).position(|(one, other)| one != other).unwrap_or(0);
        let near = odd.saturating_sub(2)..odd + 6;
        let part = |numbers: &[u32]| numbers.get(near.start..near.end.min(numbers.len())).map(<[u32]>::to_vec);
        let (found, wanted) = (part(&numbers), part(&expected));
        let (many, few) = (numbers.len(), expected.len());
        faults.push(format!("{many} pictures, not {few}; from {odd} on {found:?}, not {wanted:?}"));
    }
    let first = pictures.first().map_or(f64::NAN, |(time, _)| *time);
    // Some containers put the priming of the sound in front of everything.
    if (first - fixture.first).abs() > frame + 0.026 {
        faults.push(format!("the first picture is shown at {first}, not {}", fixture.first));
    }
    let offsets = offsets(fixture, &pictures, &mut faults);
    colors(&rendition, fixture, &pictures, &mut faults);
    let segments = track.segments.len();
    let starts = (0..segments)
        .map(|segment| {
            let of = rendition.packets.iter().filter(|packet| packet.segment == segment);
            of.map(|packet| packet.shown).min().map_or(f64::NAN, |time| seconds(time) * tick)
        })
        .collect();
    let size = (rendition.number("width"), rendition.number("height"));
    let pictures = pictures.iter().map(|(time, seen)| (*time, seen.number)).collect();
    Ok(Picture { size, offsets, starts, pictures, faults })
}

/// Every player takes it: H.264 in 4:2:0 with square pixels, upright and even.
fn headers(rendition: &Rendition<'_>, faults: &mut Vec<String>) {
    for (name, wanted) in [("codec_name", &["h264"][..]), ("pix_fmt", &["yuv420p", "yuvj420p"])] {
        if !wanted.contains(&rendition.text(name)) {
            faults.push(format!("{name} is {:?}", rendition.text(name)));
        }
    }
    if !["1:1", "", "0:1", "N/A"].contains(&rendition.text("sample_aspect_ratio")) {
        faults.push(format!("its pixels are {}", rendition.text("sample_aspect_ratio")));
    }
    if rendition.stream["side_data_list"].as_array().is_some_and(|data| !data.is_empty()) {
        faults.push(format!("it is turned: {}", rendition.stream));
    }
    if rendition.number("width") % 2 + rendition.number("height") % 2 > 0 {
        faults.push("its size is odd".to_owned());
    }
}

fn packets(rendition: &Rendition<'_>, fixture: &Fixture, faults: &mut Vec<String>) {
    let tick = rendition.tick();
    let mut segment = usize::MAX;
    for packet in &rendition.packets {
        if packet.segment != segment && !packet.is_key {
            faults.push(format!("segment {} begins without a key picture", packet.segment));
        }
        segment = packet.segment;
    }
    for pair in rendition.packets.windows(2) {
        let [one, next] = pair else { continue };
        let step = seconds(next.decoded - one.decoded) * tick;
        let most = fixture.every.filter(|_| fixture.recordings == 1).map(|every| f64::from(every) + 0.5);
        let too_far = most.is_some_and(|most| step * fixture.per_second() > most);
        if step <= 0.0 || too_far {
            faults.push(format!("between decode times {} and {} are {step} s", one.decoded, next.decoded));
        }
        // The reader takes the average where rates vary.
        let told = one.lasts.filter(|_| fixture.every.is_some());
        if let Some(lasts) = told.filter(|lasts| one.decoded + lasts != next.decoded) {
            faults.push(format!("a packet at {} lasts {lasts}, the next is at {}", one.decoded, next.decoded));
        }
    }
    faults.truncate(8);
    let length = playlist_seconds(&rendition.track.playlist);
    let last = rendition.packets.iter().map(|packet| packet.shown).max().unwrap_or_default();
    let first = rendition.packets.iter().map(|packet| packet.shown).min().unwrap_or_default();
    let really = seconds(last - first) * tick;
    let frame = 1.0 / fixture.per_second();
    if length < really || length > really + frame * (fixture.ends + 1.0) {
        faults.push(format!("the playlist is {length} s long, the last picture is shown {really} s behind the first"));
    }
    let wanted = f64::from(fixture.recipe.pictures) * frame - fixture.cut;
    if fixture.recordings == 1 && (length - wanted).abs() > frame * fixture.ends {
        faults.push(format!("it is {length} s long, not {wanted} s"));
    }
}

/// Seconds that a media playlist names.
fn playlist_seconds(playlist: &str) -> f64 {
    extents(playlist).sum()
}

/// Seconds of each segment that a media playlist names.
fn extents(playlist: &str) -> impl Iterator<Item = f64> {
    playlist.lines().filter_map(|line| line.strip_prefix("#EXTINF:")?.split(',').next()?.parse().ok())
}

/// Seconds of each segment of a representation, as the manifest of DASH has them.
fn timeline(manifest: &str, name: &str) -> Option<Vec<f64>> {
    let own = manifest.split("<Representation ").find(|part| part.starts_with(&format!("id=\"{name}\"")))?;
    let own = own.split("</Representation>").next()?;
    let number = |text: &str, name: &str| -> Option<f64> {
        text.split_once(&format!(" {name}=\""))?.1.split('"').next()?.parse().ok()
    };
    let scale = number(own, "timescale")?;
    own.contains(&format!("media=\"../{name}/$Number$.m4s\"")).then_some(())?;
    let mut lengths = Vec::new();
    for entry in own.split("<S").skip(1).filter(|entry| entry.starts_with(' ')) {
        let more = number(entry, "r").unwrap_or(0.0);
        let mut count = -1.0;
        while count < more {
            lengths.push(number(entry, "d")? / scale);
            count += 1.0;
        }
    }
    Some(lengths)
}

/// By how much the pictures of each recording come later than the recipe says, which has to be the same for all.
fn offsets(fixture: &Fixture, pictures: &[(f64, Seen)], faults: &mut Vec<String>) -> Vec<f64> {
    let late = |(time, seen): &(f64, Seen)| time - f64::from(seen.number) / fixture.per_second();
    let mut offsets = Vec::new();
    for recording in pictures.chunk_by(|(_, one), (_, next)| one.number <= next.number) {
        let mut sorted: Vec<_> = recording.iter().map(late).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let (earliest, latest) = (sorted.first().copied().unwrap_or(middle), sorted.last().copied().unwrap_or(middle));
        if earliest < middle - fixture.within || latest > middle + fixture.within {
            let odd = recording.iter().find(|picture| (late(picture) - middle).abs() > fixture.within);
            let odd = odd.map(|(time, seen)| (*time, seen.number));
            faults.push(format!("pictures are {earliest} to {latest} s off, most {middle} s: {odd:?}"));
        }
        offsets.push(middle);
    }
    offsets
}

fn colors(rendition: &Rendition<'_>, fixture: &Fixture, pictures: &[(f64, Seen)], faults: &mut Vec<String>) {
    let Some((_, seen)) = pictures.get(pictures.len() / 2) else { return };
    let height = rendition.number("height");
    let rgb = seen.fields.map(|field| rgb(field, is_709(rendition.text("color_space"), height)));
    match fixture.colors {
        Colors::Same => {
            for (found, wanted) in rgb.iter().zip(FIELDS) {
                let far = found.iter().zip(wanted).any(|(one, other)| (one - f64::from(other)).abs() > SHADE);
                if far {
                    let named = ["color_space", "color_range"].map(|name| rendition.text(name).to_owned());
                    faults.push(format!("a field is {found:.0?}, not {wanted:?} ({named:?})"));
                }
            }
        }
        Colors::Mapped => {
            for name in ["color_transfer", "color_primaries", "color_space"] {
                if rendition.text(name) != "bt709" {
                    faults.push(format!("{name} is {:?}", rendition.text(name)));
                }
            }
            for (place, [red, green, blue]) in rgb.iter().enumerate() {
                let kept = match place {
                    0 => red > green && red > blue,
                    1 => green > red && green > blue,
                    2 => blue > red && blue > green,
                    _ => (red - green).abs() < SHADE && (blue - green).abs() < SHADE,
                };
                if !kept || [red, green, blue].iter().all(|light| **light < 30.0) {
                    faults.push(format!("field {place} is {rgb:.0?}"));
                }
            }
        }
    }
}

/// The matrix that players take: the one named, else by the size.
fn is_709(named: &str, height: u32) -> bool {
    match named {
        "bt709" => true,
        "smpte170m" | "bt470bg" => false,
        _ => height >= 720,
    }
}

/// Red, green and blue of limited luma and chroma.
fn rgb([luma, blue, red]: [f64; 3], is_709: bool) -> [f64; 3] {
    let (kr, kb) = if is_709 { (0.2126, 0.0722) } else { (0.299, 0.114) };
    let light = (luma - 16.0) * 255.0 / 219.0;
    let (cb, cr) = ((blue - 128.0) * 255.0 / 224.0, (red - 128.0) * 255.0 / 224.0);
    let (r, b) = (light + cr * 2.0 * (1.0 - kr), light + cb * 2.0 * (1.0 - kb));
    [r, (light - kr * r - kb * b) / (1.0 - kr - kb), b]
}

fn sound(fixture: &Fixture, track: &Track, offsets: &[f64]) -> Result<Sound, String> {
    let mut faults = Vec::new();
    let rendition = Rendition::open(track)?;
    if rendition.number("channels") == 0 {
        faults.push("it has no channels".to_owned());
    }
    for pair in rendition.packets.windows(2) {
        let [one, next] = pair else { continue };
        if next.decoded <= one.decoded {
            faults.push(format!("times do not grow behind {}", one.decoded));
        }
    }
    let (beeps, length) = rendition.beeps()?;
    let wanted = fixture.beeps.len() * fixture.recordings;
    if beeps.len() != wanted {
        faults.push(format!("{} beeps, not {wanted}: {beeps:?}", beeps.len()));
    }
    for offset in offsets {
        let apart: Vec<_> = fixture
            .beeps
            .iter()
            .map(|second| {
                let at = offset + fixture.late + f64::from(*second);
                beeps.iter().map(|beep| beep - at).min_by(|one, other| one.abs().total_cmp(&other.abs())).unwrap_or(9e9)
            })
            .collect();
        if apart.iter().any(|apart| apart.abs() > fixture.apart) {
            faults.push(format!("sound is {apart:.3?} s behind the picture"));
        }
    }
    let named = playlist_seconds(&track.playlist);
    let begin = rendition.packets.first().map_or(0.0, |packet| seconds(packet.shown) * rendition.tick()).max(0.0);
    if (begin + named - length).abs() > 0.15 {
        faults.push(format!("the playlist is {named} s long, the sound {length} s"));
    }
    if fixture.recordings == 1 && named < fixture.recipe.heard - fixture.cut - 0.06 {
        faults.push(format!("of {} s of sound {named} s came", fixture.recipe.heard));
    }
    Ok(Sound { beeps, faults })
}

/// Both kinds of manifests name the same segments, and the languages.
fn manifests(server: &Server, asset: &str, fixture: &Fixture, tracks: &[Track]) -> Vec<String> {
    let mut faults = Vec::new();
    let master = server.fetch(&format!("/play/{asset}/hls/master.m3u8")).text();
    let dash = server.fetch(&format!("/play/{asset}/dash/manifest.mpd")).expect(200).text();
    for language in fixture.languages.iter().flatten() {
        if !master.contains(&format!("LANGUAGE=\"{language}\"")) || !dash.contains(&format!("lang=\"{language}\"")) {
            faults.push(format!("`{language}` is not offered"));
        }
    }
    for track in tracks {
        match timeline(&dash, &track.name) {
            None => faults.push(format!("{} is not in the manifest of DASH", track.name)),
            Some(lengths) => {
                let same = lengths.len() == track.segments.len()
                    && lengths.iter().zip(extents(&track.playlist)).all(|(one, other)| (one - other).abs() < 0.002);
                if !same {
                    faults.push(format!("the manifest of DASH has other segments of {}: {lengths:?}", track.name));
                }
            }
        }
    }
    if tracks.is_empty() {
        faults.push("nothing plays".to_owned());
    }
    faults
}
