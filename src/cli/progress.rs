//! How far a long run has got, on stderr and only if that is a terminal.

use crate::ingest::Input;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over the bytes of all inputs.
pub(super) struct Progress {
    bar: ProgressBar,
    before: u64,
    at: u64,
}

impl Progress {
    /// A bar for these inputs; hidden where nobody looks, or where the user asked for silence.
    pub(super) fn new(inputs: &[Input], shown: bool) -> Self {
        let sizes = inputs.iter().map(|input| match input {
            Input::File(path) => std::fs::metadata(path).map_or(0, |meta| meta.len()),
            Input::Stdin => 0,
        });
        let bar = ProgressBar::new(sizes.sum());
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {bytes}/{total_bytes} {bytes_per_sec} {eta} left  {msg}") {
            bar.set_style(style);
        }
        Self { bar, before: 0, at: 0 }
    }

    pub(super) fn begin(&mut self, input: &Input) {
        self.before += self.at;
        self.at = 0;
        let name = input.to_string();
        self.bar
            .set_message(name.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().filter(|c| !c.is_control()).collect::<String>());
    }

    pub(super) fn at(&mut self, raw_bytes: u64) {
        self.at = raw_bytes;
        self.bar.set_position(self.before + raw_bytes);
    }

    pub(super) fn done(&mut self) {
        self.bar.finish_and_clear();
    }
}
