//! Which layers hold here: a program of ours tries what they are there to prevent.

use super::layers::{Confinement, Layer, Layers};
use super::order::LimitSpec;
use super::trial::{self, Attempt, Outcome};
use crate::child::{self, Ended, Ending, Request, Urgency};
use crate::engine::Engine;
use crate::scratch::Scratch;
use core::fmt;
use core::time::Duration;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

/// Time for a trial; it takes a few milliseconds.
const WALL: Duration = Duration::from_secs(20);

/// How a layer does on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// It was put on, and prevented all that it is there for.
    Holds,
    /// It cannot be put on.
    Refused(String),
    /// It was put on, and this was possible all the same.
    Leaks(Vec<Outcome>),
}

/// What was found about one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerFinding {
    /// The layer.
    pub layer: Layer,
    /// How it does, all others being off.
    pub hold: Hold,
}

impl LayerFinding {
    /// Whether the layer does what it is there for.
    pub const fn holds(&self) -> bool {
        matches!(self.hold, Hold::Holds)
    }
}

impl fmt::Display for LayerFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = match self.layer {
            Layer::Namespaces => "programs are in a network of their own with nothing in it",
            Layer::Files => "programs read their input and libraries and write their own folder, nothing else",
            Layer::Ports => "programs can use no TCP port",
            Layer::Calls => "programs can make no sockets and start no processes",
        };
        match &self.hold {
            Hold::Holds => write!(f, "{} hold: {meaning}", self.layer),
            Hold::Refused(words) => write!(f, "{} do not hold ({words}); with them, {meaning}", self.layer),
            Hold::Leaks(outcomes) => {
                let leaks: Vec<_> = outcomes.iter().map(ToString::to_string).collect();
                write!(f, "{} are put on and do not hold ({}); {meaning} where they do", self.layer, leaks.join(", "))
            }
        }
    }
}

/// What was found about all layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxReport {
    /// Each layer alone.
    pub layers: Vec<LayerFinding>,
    /// All that the engine's confinement gives together; what is possible here is possible for any program.
    pub together: Result<Vec<Outcome>, String>,
}

impl SandboxReport {
    /// The layers that hold.
    pub fn holding(&self) -> Layers {
        self.layers.iter().filter(|finding| finding.holds()).map(|finding| finding.layer).collect()
    }

    /// What a program can do here that none should be able to. More threads than are allowed is not among it:
    /// those are not counted for root and without namespaces, and time and memory bound them too.
    pub fn possible(&self) -> impl Iterator<Item = &Outcome> {
        let outcomes = self.together.as_deref().unwrap_or_default().iter();
        outcomes.filter(|outcome| outcome.prevented.is_none() && !matches!(outcome.attempt, Attempt::Threads(_)))
    }
}

impl Engine {
    /// Tries what a program that was taken over would try: against each layer alone, and against all
    /// that programs of this engine get.
    ///
    /// # Errors
    /// The trial cannot be set up or its process not be started.
    pub async fn examine_sandbox(&self) -> io::Result<SandboxReport> {
        let setting = self.setting().await?;
        let mut layers = Vec::new();
        for layer in Layer::ALL {
            let only = Confinement::Only(Layers::NONE.with(layer));
            let hold = match self.dare(&setting, only, setting.attempts_against(layer)).await? {
                Err(words) => {
                    // The helper names the layer in front; whoever shows this does too.
                    let named = format!("{layer}: ");
                    Hold::Refused(words.strip_prefix(named.as_str()).unwrap_or(&words).to_owned())
                }
                Ok(outcomes) if outcomes.iter().all(|outcome| outcome.prevented.is_some()) => Hold::Holds,
                Ok(outcomes) => {
                    Hold::Leaks(outcomes.into_iter().filter(|outcome| outcome.prevented.is_none()).collect())
                }
            };
            layers.push(LayerFinding { layer, hold });
        }
        let together = self.dare(&setting, self.limits.confinement, setting.all_attempts(&self.limit_spec())).await?;
        Ok(SandboxReport { layers, together })
    }

    /// All attempts under a confinement; the words of the helper where the program was not started.
    ///
    /// # Errors
    /// The trial cannot be set up or its process not be started.
    pub async fn attempt_all(&self, confinement: Confinement) -> io::Result<Result<Vec<Outcome>, String>> {
        let setting = self.setting().await?;
        self.dare(&setting, confinement, setting.all_attempts(&self.limit_spec())).await
    }

    async fn setting(&self) -> io::Result<Setting> {
        let parent = self.scratch.clone();
        tokio::task::spawn_blocking(move || Setting::make(&parent)).await.map_err(io::Error::other)?
    }

    async fn dare(
        &self,
        setting: &Setting,
        confinement: Confinement,
        attempts: Vec<Attempt>,
    ) -> io::Result<Result<Vec<Outcome>, String>> {
        let request = Request {
            program: self.helper.clone(),
            args: trial::args(&attempts),
            input: None,
            folder: setting.own.path().to_path_buf(),
            limits: LimitSpec { confinement, ..self.limit_spec() },
            urgency: Urgency::First,
            wall: WALL,
            output_bytes: 64 * 1024,
        };
        let Ended { ending, output, complaints } = child::run(self.helper.clone(), request).await?;
        Ok(match ending {
            Ending::Exited(0) => Ok(trial::outcomes(attempts, &String::from_utf8_lossy(&output))),
            other => Err(match complaints.text().trim() {
                "" => format!("{other:?}"),
                words => words.trim_start_matches("sandbox: ").to_owned(),
            }),
        })
    }
}

/// What the attempts are aimed at: a port that listens, a file that is not the program's business.
struct Setting {
    own: Scratch,
    other: Scratch,
    port: TcpListener,
}

impl Setting {
    fn make(parent: &Path) -> io::Result<Self> {
        let (own, other) = (Scratch::new(parent)?, Scratch::new(parent)?);
        std::fs::write(other.path().join("secret"), b"?")?;
        Ok(Self { own, other, port: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))? })
    }

    fn connect(&self) -> Attempt {
        Attempt::Connect(self.port.local_addr().map(|address| address.port()).unwrap_or_default())
    }

    fn others(&self, name: &str) -> PathBuf {
        let path = self.other.path();
        path.canonicalize().unwrap_or_else(|_| path.to_path_buf()).join(name)
    }

    fn attempts_against(&self, layer: Layer) -> Vec<Attempt> {
        match layer {
            Layer::Namespaces => vec![self.connect()],
            Layer::Files => {
                vec![Attempt::Read(self.others("secret")), Attempt::Write(self.others("made")), Attempt::Become]
            }
            Layer::Ports => vec![self.connect(), Attempt::Listen],
            Layer::Calls => vec![self.connect(), Attempt::Listen, Attempt::Start],
        }
    }

    fn all_attempts(&self, limits: &LimitSpec) -> Vec<Attempt> {
        vec![
            self.connect(),
            Attempt::Listen,
            Attempt::Read(self.others("secret")),
            Attempt::Write(self.others("made")),
            Attempt::Start,
            Attempt::Memory(limits.memory_bytes),
            Attempt::Threads(limits.threads),
            Attempt::Large(limits.file_bytes.saturating_add(1)),
            Attempt::Become,
        ]
    }
}
