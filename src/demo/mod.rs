//! Made-up sign-ins of Microsoft Entra, for the demo, the shipped baseline and tests.
//!
//! Same seed, same bytes, for ever: no clock, no outside random numbers, no arithmetic that differs between platforms.

mod calendar;
mod cast;
mod failures;
mod incident;
mod random;
mod record;
mod tenant;
#[cfg(test)]
mod tests;

pub use incident::passwordless_rollout;
pub use tenant::Tenant;

use serde_json::Value;
use std::io::{self, Write};

/// Writes records as NDJSON.
///
/// # Errors
/// Whatever `out` says.
pub fn write_lines(day: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    for record in day {
        line.clear();
        serde_json::to_writer(&mut line, record)?;
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(())
}
