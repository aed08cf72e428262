//! An input: how it is made, and what comes out of it.

use crate::recipe::{BEEP, Finish, Recipe};

/// What colors come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colors {
    /// Those that went in.
    Same,
    /// Standard range: hues are kept, and the order of brightness.
    Mapped,
}

/// One row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    /// Name of the upload.
    pub(crate) name: &'static str,
    pub(crate) recipe: Recipe,
    pub(crate) preset: &'static str,
    /// Sizes of the pictures that come out, largest first; none: sound only.
    pub(crate) sizes: Vec<(u32, u32)>,
    /// Numbers of the pictures that come out.
    pub(crate) shown: Vec<u32>,
    /// Whether they come without a gap, every so many pictures of the recipe.
    pub(crate) every: Option<u32>,
    /// How far the end may be from that of the recipe, in its pictures.
    pub(crate) ends: f64,
    /// When the first picture is shown, in seconds of the presentation.
    pub(crate) first: f64,
    /// How far the time of a picture may be from where the recipe puts it, in seconds.
    pub(crate) within: f64,
    /// Beeps in each sound that comes out, by the second.
    pub(crate) beeps: Vec<u32>,
    /// Seconds that are cut off at the beginning.
    pub(crate) cut: f64,
    /// How much later than the pictures of the same number they are heard, in seconds.
    pub(crate) late: f64,
    /// How far a beep may be from its picture, in seconds.
    pub(crate) apart: f64,
    pub(crate) colors: Colors,
    /// The languages of the sounds; as many as there are sounds.
    pub(crate) languages: Vec<Option<&'static str>>,
    /// How often all of it comes.
    pub(crate) recordings: usize,
}

/// A film of 320x180 at 25 pictures a second, four seconds long, with one sound.
pub(crate) fn film(name: &'static str, coding: &str) -> Fixture {
    let recipe = Recipe {
        size: Some((320, 180)),
        rate: (25, 1),
        pictures: 0,
        filter: String::new(),
        ahead: "",
        sounds: vec![(BEEP.to_owned(), "")],
        heard: 0.0,
        coding: coding.to_owned(),
        finish: Finish::Keep,
    };
    let fixture = Fixture {
        name,
        recipe,
        preset: "dash_hls_1080p",
        sizes: vec![(320, 180)],
        shown: Vec::new(),
        every: Some(1),
        ends: 1.01,
        first: 0.0,
        within: 0.003,
        beeps: Vec::new(),
        cut: 0.0,
        late: 0.0,
        apart: 0.025,
        colors: Colors::Same,
        languages: vec![None],
        recordings: 1,
    };
    fixture.pictures(100)
}

/// Four seconds of sound alone.
pub(crate) fn sound(name: &'static str, coding: &str) -> Fixture {
    let mut fixture = film(name, coding);
    fixture.recipe.size = None;
    fixture.sizes.clear();
    fixture.shown.clear();
    fixture
}

impl Fixture {
    /// Pictures of that size go in, and come out in these sizes.
    pub(crate) fn sized(mut self, size: (u32, u32), out: &[(u32, u32)]) -> Self {
        self.recipe.size = Some(size);
        self.sizes = out.to_vec();
        self
    }

    /// So many pictures in a second, for as many seconds as before.
    pub(crate) fn rate(mut self, num: u32, den: u32) -> Self {
        let seconds = f64::from(self.recipe.pictures) / self.per_second();
        self.recipe.rate = (num, den);
        let pictures = (seconds * self.per_second()).round();
        self.pictures(format!("{pictures}").parse().unwrap())
    }

    /// So many pictures go in, and all come out; the sound is as long.
    pub(crate) fn pictures(mut self, pictures: u32) -> Self {
        self.recipe.pictures = pictures;
        self.shown = (0..pictures).collect();
        let seconds = f64::from(pictures) / self.per_second();
        self.heard(seconds)
    }

    /// So many seconds of sound.
    pub(crate) fn heard(mut self, seconds: f64) -> Self {
        self.recipe.heard = seconds;
        self.beeps = (0..3_600).take_while(|second| f64::from(*second) + 0.01 < seconds).collect();
        self
    }

    pub(crate) fn filter(mut self, filter: &str) -> Self {
        filter.clone_into(&mut self.recipe.filter);
        self
    }

    /// Only these pictures come out, at times of their own.
    pub(crate) fn shows(mut self, which: impl Fn(u32) -> bool) -> Self {
        self.shown.retain(|number| which(*number));
        self.every = None;
        self
    }

    /// Two pictures of the recipe make the fields of one; the first of both comes out.
    pub(crate) fn interlaced(mut self, filter: &str) -> Self {
        filter.clone_into(&mut self.recipe.filter);
        self.shown.retain(|number| number % 2 == 0);
        self.every = Some(2);
        self.ends = 2.01;
        self
    }

    /// So many seconds are cut off at the beginning.
    pub(crate) fn cut(mut self, seconds: f64) -> Self {
        let per_second = self.per_second();
        self.shown.retain(|number| f64::from(*number) / per_second >= seconds);
        self.beeps.retain(|second| f64::from(*second) >= seconds);
        self.cut = seconds;
        self
    }

    pub(crate) fn ends(mut self, pictures: f64) -> Self {
        self.ends = pictures;
        self
    }

    /// The sound is later than the picture, in seconds.
    pub(crate) fn late(mut self, seconds: f64) -> Self {
        self.late = seconds;
        self
    }

    /// The preset leaves the picture out.
    pub(crate) fn heard_only(mut self) -> Self {
        self.sizes.clear();
        self.shown.clear();
        self
    }

    pub(crate) fn within(mut self, seconds: f64) -> Self {
        self.within = seconds;
        self
    }

    pub(crate) fn apart(mut self, seconds: f64) -> Self {
        self.apart = seconds;
        self
    }

    pub(crate) fn finish(mut self, finish: Finish) -> Self {
        self.recipe.finish = finish;
        self
    }

    pub(crate) fn preset(mut self, preset: &'static str) -> Self {
        self.preset = preset;
        self
    }

    pub(crate) fn silent(mut self) -> Self {
        self.recipe.sounds.clear();
        self.languages.clear();
        self
    }

    /// The sounds have these samples and come out in these languages.
    pub(crate) fn sounds(mut self, expressions: &[&str], languages: &[Option<&'static str>]) -> Self {
        self.recipe.sounds = expressions.iter().map(|expression| ((*expression).to_owned(), "")).collect();
        self.languages = languages.to_vec();
        self
    }

    /// Arguments in front of the inputs of picture and sound.
    pub(crate) fn ahead(mut self, picture: &'static str, sound: &'static str) -> Self {
        self.recipe.ahead = picture;
        for (_, ahead) in &mut self.recipe.sounds {
            *ahead = sound;
        }
        self
    }

    /// The first picture is shown then.
    pub(crate) fn first(mut self, seconds: f64) -> Self {
        self.first = seconds;
        self
    }

    pub(crate) fn mapped(mut self) -> Self {
        self.colors = Colors::Mapped;
        self
    }

    pub(crate) fn recordings(mut self, count: usize) -> Self {
        self.recordings = count;
        self
    }

    /// Pictures drawn in a second.
    pub(crate) fn per_second(&self) -> f64 {
        let (num, den) = self.recipe.rate;
        f64::from(num) / f64::from(den)
    }
}
