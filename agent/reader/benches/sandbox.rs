//! What the sandbox costs: milliseconds of confining a thread to every field's sources on this machine, one number a line.
//! `cargo xtask bench` runs it and holds the median to its bound.
#![allow(clippy::print_stdout, reason = "the numbers are what this program is for")]

#[cfg(target_os = "linux")]
fn main() {
    use candor_reader::host::Host;
    use candor_reader::sandbox::Confinement;
    use collector_proto::catalog::{FieldId, Platform, SandboxLevel};
    use std::path::Path;
    use std::time::Instant;

    for _ in 0..runs() {
        // Landlock and seccomp hold for a thread, and there is no way back.
        let confined = std::thread::spawn(|| {
            let host = Host::at(Path::new("/"));
            let every = FieldId::all()
                .flat_map(|field| field.field().source(Platform::current()).touches)
                .copied()
                .collect();
            let since = Instant::now();
            let sandbox = Confinement::Kernel.confine(&host, &every);
            (since.elapsed(), sandbox.level())
        });
        match confined.join() {
            Ok((took, SandboxLevel::Full)) => println!("{}", took.as_secs_f64() * 1000.0),
            Ok((_, level)) => println!("this kernel confines {level}"),
            Err(_) => println!("the thread failed"),
        }
    }
}

#[cfg(target_os = "linux")]
fn runs() -> usize {
    std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(20)
}

#[cfg(not(target_os = "linux"))]
fn main() {}
