//! The few messages of PostgreSQL's protocol that say whether a server is ready. A file that says
//! "ready", or a socket that accepts, would not: only an answered start-up packet is proof.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use super::{DATABASE, USER};

const PROTOCOL_3_0: i32 = 196_608;
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer than any message that can occur here.
const LONGEST_MESSAGE: usize = 1 << 16;

pub(super) enum Answer {
    /// Sessions can be opened.
    Ready,
    /// Nobody listens yet, or the server is starting, recovering or stopping.
    NotYet(String),
    /// The server runs and the database does not exist.
    NoDatabase,
    /// Waiting will not help.
    Refused { code: String, message: String },
}

impl From<io::Error> for Answer {
    fn from(error: io::Error) -> Self {
        Self::NotYet(error.to_string())
    }
}

impl Answer {
    fn from_error(body: &[u8]) -> Self {
        let code = field(body, b'C');
        let message = field(body, b'M');
        match code.as_str() {
            // Starting, recovering or shutting down.
            "57P03" | "57P01" => Self::NotYet(message),
            "3D000" => Self::NoDatabase,
            // Every connection is in use: by sessions that were let in.
            "53300" => Self::Ready,
            _ => Self::Refused { code, message },
        }
    }
}

/// Opens a session on the database and closes it again.
pub(super) fn ask(socket: &Path) -> Answer {
    session(socket, DATABASE, None).unwrap_or_else(|answer| answer)
}

/// Creates the database.
pub(super) fn create_database(socket: &Path) -> Answer {
    let statement = format!("CREATE DATABASE {DATABASE}");
    session(socket, "postgres", Some(&statement)).unwrap_or_else(|answer| answer)
}

fn session(socket: &Path, database: &str, statement: Option<&str>) -> Result<Answer, Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(PATIENCE))?;

    let mut hello = PROTOCOL_3_0.to_be_bytes().to_vec();
    hello.extend(format!("user\0{USER}\0database\0{database}\0\0").bytes());
    send(&mut stream, None, &hello)?;
    until_ready(&mut stream)?;
    if let Some(statement) = statement {
        send(&mut stream, Some(b'Q'), format!("{statement}\0").as_bytes())?;
        until_ready(&mut stream)?;
    }
    send(&mut stream, Some(b'X'), &[])?;
    Ok(Answer::Ready)
}

fn send(stream: &mut UnixStream, kind: Option<u8>, body: &[u8]) -> io::Result<()> {
    let length = i32::try_from(body.len() + 4).map_err(io::Error::other)?;
    let mut message = Vec::from_iter(kind);
    message.extend(length.to_be_bytes());
    message.extend(body);
    stream.write_all(&message)
}

/// Reads up to "ready for query".
fn until_ready(stream: &mut UnixStream) -> Result<(), Answer> {
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let length = usize::try_from(i32::from_be_bytes(length)).map_err(io::Error::other)?;
        if !(4..=LONGEST_MESSAGE).contains(&length) {
            return Err(io::Error::other("not PostgreSQL's protocol").into());
        }
        let mut body = vec![0; length - 4];
        stream.read_exact(&mut body)?;
        match kind {
            b'Z' => return Ok(()),
            b'E' => return Err(Answer::from_error(&body)),
            _ => {}
        }
    }
}

/// One field of an error message: a letter, the text, a zero byte.
fn field(error: &[u8], letter: u8) -> String {
    error
        .split(|byte| *byte == 0)
        .find_map(|field| field.strip_prefix(&[letter]))
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .unwrap_or_default()
}
