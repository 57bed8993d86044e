//! Starts the command line, nothing else.

fn main() -> std::process::ExitCode {
    camerata::cli::main()
}
