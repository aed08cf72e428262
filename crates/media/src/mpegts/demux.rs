//! From bytes to samples.

use super::packets::{Packet, Packets};
use super::psi::{self, Sections};
use super::stream::Stream;
use super::timeline::Timeline;
use crate::bits::len_u64;
use crate::facts::TrackKind;
use crate::index::{IndexError, IndexedTrack, MAX_TRACKS};

/// The PID of the table of programs.
const ASSOCIATION: u16 = 0;
/// How many bytes behind the map of the program the configuration of a track may be.
const MAX_LOOK: u64 = 8 << 20;
/// The most picture streams that are read: each may need the memory of several large pictures.
const MAX_PICTURES: usize = 4;
/// The most bytes in a row that belong to no packet.
const MAX_LOST: u64 = 1 << 20;

/// One sample, in ticks of its track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewrittenSample {
    /// Its bytes in the form that MP4 has: pictures with the length of every unit in four bytes in front of it, sound
    /// without headers. Parameter sets stay in pictures, beside those in the sample entry.
    pub data: Vec<u8>,
    /// When it is decoded: always after the sample that precedes it in its track.
    pub dts: i64,
    /// When it is shown.
    pub pts: i64,
    /// Whether decoding may begin with it: an instantaneous refresh. Recovery points of open groups are none.
    pub sync: bool,
}

/// Reads a transport stream from its beginning.
#[derive(Debug, Clone, Default)]
pub struct Demuxer {
    packets: Packets,
    programs: Sections,
    map_pid: Option<u16>,
    map: Sections,
    streams: Option<Vec<Stream>>,
    timeline: Timeline,
    tracks: Option<Vec<IndexedTrack>>,
    /// Samples from before the tracks are known.
    held: Vec<(usize, RewrittenSample)>,
    /// Bytes that were fed, in all and when the map was read.
    fed: u64,
    mapped_at: u64,
    failed: bool,
}

impl Demuxer {
    /// A stream of which nothing was read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes, in the order of the file and in pieces of any size, and gives the samples that are
    /// complete with the place of their track in [`tracks`](Self::tracks). None before the tracks are known.
    ///
    /// # Errors
    /// What is wrong with the stream. Samples given so far stay valid; nothing more is given.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<(usize, RewrittenSample)>, IndexError> {
        if self.failed {
            return Ok(Vec::new());
        }
        self.fed = self.fed.saturating_add(len_u64(bytes.len()));
        self.packets.feed(bytes);
        let read = self.read();
        self.failed = read.is_err();
        read.map(|()| self.take())
    }

    /// Gives what is left once all bytes were fed.
    ///
    /// # Errors
    /// No tracks were found.
    pub fn finish(&mut self) -> Result<Vec<(usize, RewrittenSample)>, IndexError> {
        if self.failed {
            return Ok(Vec::new());
        }
        self.failed = true;
        self.packets.end();
        self.read()?;
        let Some(streams) = &mut self.streams else {
            return Err(if self.map_pid.is_none() && self.packets.lost() > 0 {
                IndexError::Foreign { format: "MPEG transport stream" }
            } else {
                IndexError::NoTracks
            });
        };
        for (place, stream) in streams.iter_mut().enumerate() {
            let samples = stream.finish(&mut self.timeline)?;
            self.held.extend(samples.into_iter().map(|sample| (place, sample)));
        }
        self.settle(true);
        Ok(self.take())
    }

    /// The tracks, in the order of the program's map, once they are known. They do not change afterwards. Where none is
    /// playable nothing more needs to be fed.
    pub fn tracks(&self) -> Option<&[IndexedTrack]> {
        self.tracks.as_deref()
    }

    fn take(&mut self) -> Vec<(usize, RewrittenSample)> {
        if self.tracks.is_some() { core::mem::take(&mut self.held) } else { Vec::new() }
    }

    fn read(&mut self) -> Result<(), IndexError> {
        let mut packets = core::mem::take(&mut self.packets);
        let mut read = Ok(());
        while let Some(bytes) = packets.next() {
            if let Some(packet) = Packet::parse(bytes) {
                read = self.packet(&packet);
                if read.is_err() {
                    break;
                }
            }
        }
        self.packets = packets;
        read?;
        self.settle(false);
        match self.map_pid {
            _ if self.packets.lost() <= MAX_LOST => Ok(()),
            None => Err(IndexError::Foreign { format: "MPEG transport stream" }),
            Some(_) => {
                let offset = self.fed.saturating_sub(self.packets.lost());
                Err(IndexError::Malformed { offset, why: "no packet of the stream follows for a long way" })
            }
        }
    }

    fn packet(&mut self, packet: &Packet<'_>) -> Result<(), IndexError> {
        let payload = packet.payload.unwrap_or_default();
        if packet.pid == ASSOCIATION && self.map_pid.is_none() {
            let sections = self.programs.feed(payload, packet.starts);
            self.map_pid = sections.iter().find_map(|section| psi::first_program(section));
            return Ok(());
        }
        if self.streams.is_none() {
            if Some(packet.pid) == self.map_pid {
                let sections = self.map.feed(payload, packet.starts);
                return sections
                    .iter()
                    .find_map(|section| psi::streams(section))
                    .map_or(Ok(()), |found| self.open(found));
            }
            return Ok(());
        }
        let streams = self.streams.as_deref_mut().unwrap_or_default();
        let Some(place) = streams.iter().position(|stream| stream.pid == packet.pid) else { return Ok(()) };
        let Some(stream) = streams.get_mut(place).filter(|stream| stream.is_read()) else { return Ok(()) };
        if packet.discontinuity && stream.is_media() {
            self.timeline.announce();
        }
        if let Some(bytes) = stream.assembler.feed(packet)? {
            let samples = stream.push(&bytes, &mut self.timeline)?;
            self.held.extend(samples.into_iter().map(|sample| (place, sample)));
        }
        Ok(())
    }

    fn open(&mut self, found: Vec<(u16, super::descriptors::Described)>) -> Result<(), IndexError> {
        if found.len() > MAX_TRACKS {
            return Err(IndexError::LimitExceeded { what: "tracks", limit: len_u64(MAX_TRACKS) });
        }
        let mut pictures = 0;
        let streams = found.into_iter().map(|(pid, described)| {
            pictures += usize::from(described.kind == TrackKind::Video);
            let is_read = described.kind != TrackKind::Video || pictures <= MAX_PICTURES;
            Stream::new(pid, described, is_read)
        });
        self.streams = Some(streams.collect());
        self.mapped_at = self.fed;
        Ok(())
    }

    /// Notices that all tracks are known, or that some will not be.
    fn settle(&mut self, is_last: bool) {
        let Some(streams) = self.streams.as_mut().filter(|_| self.tracks.is_none()) else { return };
        let looked = is_last || self.fed.saturating_sub(self.mapped_at) > MAX_LOOK;
        if looked {
            for stream in streams.iter_mut() {
                stream.known = true;
            }
        }
        if streams.iter().all(|stream| stream.known) {
            self.tracks = Some(streams.iter().map(|stream| stream.track.clone()).collect());
        }
    }
}
