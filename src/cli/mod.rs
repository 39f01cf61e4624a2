//! The edge to the user: arguments in, exit code out.

pub mod args;
pub mod terminal;

/// Runs the program with the arguments of the process.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
