//! The layers, and which of them are asked for.

use core::fmt;
use core::str::FromStr;

/// A layer of confinement that not every machine allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// User, network, IPC and host-name namespaces of its own.
    Namespaces,
    /// Landlock on files: the input and libraries to read, its own folder to write, nothing else.
    Files,
    /// Landlock on TCP: no port to connect to and none to listen on.
    Ports,
    /// Seccomp: the calls of the kernel that decoding and encoding take.
    Calls,
}

impl Layer {
    /// All of them, in the order in which they are put on: each takes away what would be needed to take
    /// off the ones before it.
    pub const ALL: [Self; 4] = [Self::Namespaces, Self::Files, Self::Ports, Self::Calls];

    /// Its name in settings, reports and orders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Files => "files",
            Self::Ports => "ports",
            Self::Calls => "calls",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Namespaces => 1,
            Self::Files => 2,
            Self::Ports => 4,
            Self::Calls => 8,
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Layers(u8);

impl Layers {
    /// No layer.
    pub const NONE: Self = Self(0);
    /// Every layer.
    pub const ALL: Self = Self(15);

    /// This set and one more layer.
    #[must_use]
    pub const fn with(self, layer: Layer) -> Self {
        Self(self.0 | layer.bit())
    }

    /// Whether a layer is in the set.
    pub const fn has(self, layer: Layer) -> bool {
        self.0 & layer.bit() != 0
    }
}

impl FromIterator<Layer> for Layers {
    fn from_iter<I: IntoIterator<Item = Layer>>(layers: I) -> Self {
        layers.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The names, with commas between them.
impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Layer::ALL.into_iter().filter(|layer| self.has(*layer)).map(Layer::name).collect();
        f.write_str(&names.join(","))
    }
}

/// The name of no layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no layer of the sandbox: they are namespaces, files, ports and calls")]
pub struct UnknownLayer(String);

impl FromStr for Layers {
    type Err = UnknownLayer;

    fn from_str(names: &str) -> Result<Self, UnknownLayer> {
        let known = |name: &str| {
            let found = Layer::ALL.into_iter().find(|layer| layer.name() == name);
            found.ok_or_else(|| UnknownLayer(name.to_owned()))
        };
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(known).collect()
    }
}

/// Which layers a program gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confinement {
    /// All that the machine allows.
    #[default]
    Best,
    /// All that the machine allows; without these the program is not started.
    Require(Layers),
    /// These, each of them required, and no other: for trials of single layers and for programs of ours.
    Only(Layers),
}

impl Confinement {
    /// Whether a layer is to be put on.
    pub const fn wants(self, layer: Layer) -> bool {
        match self {
            Self::Best | Self::Require(_) => true,
            Self::Only(layers) => layers.has(layer),
        }
    }

    /// Whether the program may not start without a layer.
    pub const fn requires(self, layer: Layer) -> bool {
        match self {
            Self::Best => false,
            Self::Require(layers) | Self::Only(layers) => layers.has(layer),
        }
    }
}

/// The form that [`FromStr`] reads: `best`, `require=files,calls`, `only=`.
impl fmt::Display for Confinement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Best => f.write_str("best"),
            Self::Require(layers) => write!(f, "require={layers}"),
            Self::Only(layers) => write!(f, "only={layers}"),
        }
    }
}

impl FromStr for Confinement {
    type Err = UnknownLayer;

    fn from_str(word: &str) -> Result<Self, UnknownLayer> {
        match word.split_once('=') {
            None if word == "best" => Ok(Self::Best),
            Some(("require", layers)) => Ok(Self::Require(layers.parse()?)),
            Some(("only", layers)) => Ok(Self::Only(layers.parse()?)),
            _ => Err(UnknownLayer(word.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_layers_survives_its_text() {
        for bits in 0..=15 {
            let layers = Layers(bits);
            assert_eq!(layers.to_string().parse(), Ok(layers));
            for confinement in [Confinement::Best, Confinement::Require(layers), Confinement::Only(layers)] {
                assert_eq!(confinement.to_string().parse(), Ok(confinement));
            }
        }
        assert_eq!(Layer::ALL.into_iter().collect::<Layers>(), Layers::ALL);
    }

    #[test]
    fn a_word_that_is_no_layer_is_named() {
        let error = "files, network".parse::<Layers>().unwrap_err();
        assert_eq!(error, UnknownLayer("network".to_owned()));
        for word in ["", "worst", "best=files", "only=x", "require"] {
            assert!(word.parse::<Confinement>().is_err(), "{word}");
        }
    }

    #[test]
    fn what_is_required_is_wanted() {
        let files = Layers::NONE.with(Layer::Files);
        for layer in Layer::ALL {
            assert!(Confinement::Best.wants(layer) && !Confinement::Best.requires(layer));
            assert!(Confinement::Require(files).wants(layer));
            assert_eq!(Confinement::Require(files).requires(layer), layer == Layer::Files);
            assert_eq!(Confinement::Only(files).wants(layer), layer == Layer::Files);
            assert_eq!(Confinement::Only(files).requires(layer), layer == Layer::Files);
        }
    }
}
