//! The command line program; all of it lives in the library, where it can be tested.

fn main() -> std::process::ExitCode {
    logdrift::cli::main()
}
