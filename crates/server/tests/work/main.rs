//! Workers on a real store, with a prober that does what a test wants of it.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod endings;
