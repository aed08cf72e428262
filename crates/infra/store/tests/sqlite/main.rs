//! What is special about a store in an SQLite file: opening it, and rows that nobody should have written.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod opening;
