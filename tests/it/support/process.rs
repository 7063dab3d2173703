//! The program itself, as a process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// A running server.
pub struct Process {
    pub child: Child,
    pub address: String,
    /// What it said until it was ready.
    pub start: String,
    stdout: BufReader<ChildStdout>,
}

impl Process {
    /// The program with these arguments and nothing from the environment that tests run in.
    pub fn command<S: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-mock"));
        command.current_dir(folder).args(arguments).env_clear();
        command
    }

    /// Starts a server on a free port and waits until it says that it listens.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with(folder, &[arguments, &["--listen", "127.0.0.1:0"]].concat(), &[])
    }

    /// As [`Process::start`], with these variables, and on the address that they or the arguments say.
    pub fn start_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Self::command(folder, arguments)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut process = Self { child, address: String::new(), start: String::new(), stdout };
        while process.address.is_empty() {
            let mut line = String::new();
            assert!(process.stdout.read_line(&mut line).unwrap() > 0, "the server ended early: {}", process.start);
            if let Some((_, address)) = line.split_once("listening on http://") {
                process.address = address.split('"').next().unwrap().trim_end().to_owned();
            }
            process.start.push_str(&line);
        }
        process
    }

    /// The body of a GET.
    pub fn get(&self, path_and_query: &str) -> String {
        let mut response = ureq::get(format!("http://{}{path_and_query}", self.address)).call().unwrap();
        response.body_mut().read_to_string().unwrap()
    }

    /// A POST with this body in JSON, which must succeed.
    pub fn post(&self, path: &str, body: &str) {
        let request = ureq::post(format!("http://{}{path}", self.address)).content_type("application/json");
        request.send(body).unwrap();
    }

    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end: how it ended, and what it said since it was ready.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap(), said)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
