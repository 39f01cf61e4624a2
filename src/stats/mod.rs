//! Numbers in, numbers out; each file opens with its reference.

mod actors;
mod bottom;
mod histogram;
mod tail;

pub use actors::{Actor, Actors};
pub use bottom::Bottom;
pub use histogram::{Histogram, length_bucket, length_of_bucket, number_bucket, number_of_bucket};
pub use tail::{beta_binomial_surprise, too_few_surprise};
