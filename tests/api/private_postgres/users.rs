//! Who uses a private server: the program, in processes of its own, and the test itself.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use civicspace::db::private::{Options, PrivateServer};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The program, which guards each server that it starts.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_civicspace");

/// A program that serves from a private server, as a process of its own, killed with the test.
pub struct User {
    child: Child,
}

impl User {
    /// The program on the data of this directory, which serves when it is ready.
    pub fn spawn(data_dir: &Path) -> Self {
        Self::run(serving(PROGRAM.as_ref(), data_dir))
    }

    /// The program as this command has it.
    pub fn run(mut command: Command) -> Self {
        Self { child: command.spawn().unwrap() }
    }

    /// Waits until it serves.
    pub fn ready(&mut self) {
        let mut lines = BufReader::new(self.child.stdout.take().expect("asked once")).lines();
        let greeting = lines.next().expect("it serves").unwrap();
        assert!(greeting.contains(" answers at http://"), "{greeting}");
        // What is not read must not stop it.
        thread::spawn(move || lines.for_each(drop));
    }

    /// Tells it to stop, and waits until it has.
    pub fn leave(mut self) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    /// Ends it without telling it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `civicspace serve` on the data of this directory.
pub fn serving(program: &Path, data_dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["serve", "--bind", "127.0.0.1:0", "--data-dir"]).arg(data_dir).env_remove("DATABASE_URL");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A server is guarded by the program, not by the test that starts it.
pub fn options() -> Options {
    Options { guardian: Some(PROGRAM.into()), ..Options::default() }
}

/// This test as one of those who use the server.
pub fn start(data_dir: &Path) -> PrivateServer {
    PrivateServer::start(data_dir, &options()).unwrap_or_else(|error| panic!("{error}"))
}
