//! What is made of the command line's definition: completions of shells and man pages.

use super::Cli;
use clap::{Command, CommandFactory as _};
use std::io;

/// A shell that completions can be made for.
pub use clap_complete::Shell;

/// The script that has a shell complete the command line.
#[must_use]
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "logdrift", &mut script);
    script
}

/// A page of the manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManPage {
    /// What it is about, as it is typed: `logdrift baseline diff`.
    pub about: String,
    /// The page, in the language of man.
    pub text: Vec<u8>,
}

impl ManPage {
    /// The name of its file: `logdrift-baseline-diff.1`.
    #[must_use]
    pub fn file(&self) -> String {
        self.about.replace(' ', "-") + ".1"
    }
}

/// All pages of the manual, that of the program first.
///
/// # Errors
/// None that a writer to memory has.
pub fn man_pages() -> io::Result<Vec<ManPage>> {
    let mut command = Cli::command();
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, "", &mut pages)?;
    Ok(pages)
}

fn add_pages(command: &Command, above: &str, pages: &mut Vec<ManPage>) -> io::Result<()> {
    let about = if above.is_empty() { command.get_name().to_owned() } else { format!("{above} {}", command.get_name()) };
    let mut text = Vec::new();
    // The name of a page has no blanks, else `man` finds none of the two.
    let named = command.clone().display_name(about.replace(' ', "-"));
    clap_mangen::Man::new(named).section("1").render(&mut text)?;
    pages.push(ManPage { about: about.clone(), text });
    // The page of `help` would say how to ask for help.
    command.get_subcommands().filter(|inner| inner.get_name() != "help").try_for_each(|inner| add_pages(inner, &about, pages))
}
