//! A body of many lines, `application/x-ndjson`. It is taken in whole, on disk, before anything is done with it: so
//! nothing is held while a slow client sends, and one that is cut off has done nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;

use super::body::{has_type, is_compressed};
use super::gate::Limits;
use super::problem::Problem;

/// The media type of a body of lines.
pub const NDJSON: &str = "application/x-ndjson";

/// The most lines of a body.
pub const MOST_LINES: usize = 10_000;

/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_mins(10);

/// So many bytes are gathered before they are written to disk.
const GATHERED: usize = 256 * 1024;

/// The lines of a body, on disk.
#[derive(Debug)]
pub struct Lines {
    file: BufReader<File>,
    /// The number of the last line that was read.
    number: usize,
    /// The most bytes of a line.
    longest: u64,
}

/// A line that is not blank.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What it holds; none if that is too long.
    pub text: Option<Vec<u8>>,
}

impl FromRequest for Lines {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_taken = has_type(request, &[NDJSON, "application/ndjson"]) && !is_compressed(request);
        let limits = request.app_data::<web::Data<Limits>>().map(|limits| *limits.get_ref());
        let payload = payload.take();
        Box::pin(async move {
            let Some(limits) = limits else { return Err(Problem::Internal("no limits".to_owned())) };
            if !is_taken {
                return Err(Problem::UnsupportedMediaType("`application/x-ndjson`"));
            }
            let taken = tokio::time::timeout(PATIENCE, take(payload, limits.batch)).await;
            let file = taken.map_err(|_late| {
                Problem::InvalidJson(format!("the body took longer than {} seconds", PATIENCE.as_secs()))
            })??;
            Ok(Self { file: BufReader::new(file), number: 0, longest: limits.body })
        })
    }
}

/// Writes a body to a file that nobody else sees and that is gone when it is closed.
async fn take(mut payload: Payload, most: u64) -> Result<File, Problem> {
    let mut file = blocking(tempfile::tempfile).await?;
    let (mut bytes, mut newlines, mut unfinished) = (0, 0, false);
    let mut gathered = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::InvalidJson(format!("the body is cut off: {error}")))?;
        bytes += chunk.len() as u64;
        newlines += memchr::memchr_iter(b'\n', &chunk).count();
        unfinished = chunk.last().map_or(unfinished, |byte| *byte != b'\n');
        if bytes > most {
            return Err(Problem::ContentTooLarge(most));
        }
        if newlines + usize::from(unfinished) > MOST_LINES {
            return Err(Problem::TooManyLines);
        }
        gathered.extend_from_slice(&chunk);
        if gathered.len() >= GATHERED {
            let part = std::mem::take(&mut gathered);
            file = blocking(move || file.write_all(&part).map(|()| file)).await?;
        }
    }
    blocking(move || {
        file.write_all(&gathered)?;
        file.rewind()?;
        Ok(file)
    })
    .await
}

/// Does what waits for a disk, away from those who answer.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(io::Error::other).flatten().map_err(|error| Problem::Internal(format!("a batch on disk: {error}")))
}

impl Lines {
    /// Goes back to the first line.
    ///
    /// # Errors
    /// The disk fails.
    pub async fn rewound(mut self) -> Result<Self, Problem> {
        blocking(move || {
            self.file.rewind()?;
            self.number = 0;
            Ok(self)
        })
        .await
    }

    /// The next lines: at most so many, and about so many bytes. None at the end.
    ///
    /// # Errors
    /// The disk fails.
    pub async fn next(mut self, most: usize, bytes: usize) -> Result<(Vec<Line>, Self), Problem> {
        blocking(move || {
            let (mut lines, mut read) = (Vec::new(), 0);
            while lines.len() < most && read < bytes {
                let Some(line) = self.read_line()? else { break };
                read += line.text.as_ref().map_or(0, Vec::len);
                let is_blank = line.text.as_ref().is_some_and(|text| text.trim_ascii().is_empty());
                if !is_blank {
                    lines.push(line);
                }
            }
            Ok((lines, self))
        })
        .await
    }

    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let mut text = Vec::new();
        if self.file.by_ref().take(self.longest + 1).read_until(b'\n', &mut text)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_whole = text.last() == Some(&b'\n') || text.len() as u64 <= self.longest;
        if !is_whole {
            self.file.skip_until(b'\n')?;
        }
        Ok(Some(Line { number: self.number, text: is_whole.then_some(text) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_one_that_is_too_long_is_passed_over() {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(b"a\n\nlonger than that\nb\r\nlast").and_then(|()| file.rewind()).expect("a file");
        let mut lines = Lines { file: BufReader::new(file), number: 0, longest: 5 };
        let mut read = Vec::new();
        while let Some(line) = lines.read_line().expect("a line") {
            read.push((line.number, line.text.map(|text| String::from_utf8_lossy(&text).into_owned())));
        }
        let expected = [(1, Some("a\n")), (2, Some("\n")), (3, None), (4, Some("b\r\n")), (5, Some("last"))];
        assert_eq!(read, expected.map(|(number, text)| (number, text.map(str::to_owned))));
    }
}
