//! `/password` and what is below it.

mod change;
mod new;
mod reset;
mod sizes;
