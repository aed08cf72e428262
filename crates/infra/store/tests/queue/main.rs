//! The queue against a small model of it: random histories of workers that come, go and die, of clocks
//! that are set forwards and back, of joins, timers and cancellations. After each step both say the same.

#[cfg(test)]
mod history;
#[cfg(test)]
mod model;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod speed;
