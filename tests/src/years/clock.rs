//! The time of day as the scene has it.
//!
//! A library that is preloaded moves it, not a feature of the programs: so what is shown are the programs that people run, and a
//! server's time moves while it serves. Only the time of day moves. What waits by the machine's running time, such as the server's
//! hourly sweep, does not come sooner for it; the scene asks for the sweep where the server would have done it.

use anyhow::{Context as _, ensure};
use collector_proto::time::UtcTime;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

const SOURCE: &str = include_str!("clock.c");

/// A clock that a scene sets.
pub struct Clock {
    library: PathBuf,
    ahead: PathBuf,
}

impl Clock {
    /// Compiles the library into the folder.
    ///
    /// # Errors
    /// Where there is no C compiler.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
        fs::write(&source, SOURCE)?;
        let flags = ["-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-Wall", "-Werror", "-o"];
        let built = Command::new("cc").args(flags).arg(&library).arg(&source).status();
        let built = built.context("the scene's clock needs a C compiler, `cc`")?;
        ensure!(built.success(), "`cc` does not compile {}", source.display());
        let clock = Self { library, ahead: folder.join("ahead") };
        fs::write(&clock.ahead, 0_i64.to_ne_bytes())?;
        Ok(clock)
    }

    /// Sets the time of day for every program of the scene, those that run as well.
    ///
    /// # Errors
    /// Where the file that programs look at cannot be written.
    pub fn set(&self, now: UtcTime) -> anyhow::Result<()> {
        let real = UtcTime::from_system(SystemTime::now());
        let ahead = (now.unix() - real.unix()).to_ne_bytes();
        // In place, because running programs have the file mapped.
        let file = fs::OpenOptions::new().write(true).open(&self.ahead)?;
        Ok(std::os::unix::fs::FileExt::write_all_at(&file, &ahead, 0)?)
    }

    /// Has a program go by this clock.
    pub(super) fn show_to(&self, command: &mut Command) {
        command.envs(self.environment());
    }

    /// What has a program go by it.
    pub fn environment(&self) -> [(&'static str, &Path); 2] {
        [("LD_PRELOAD", &self.library), ("CANDOR_SCENE_CLOCK", &self.ahead)]
    }
}
