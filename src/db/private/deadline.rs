use std::{
    thread,
    time::{Duration, Instant},
};

use super::error::StartError;

pub(super) const POLL: Duration = Duration::from_millis(10);
const LONGEST_POLL: Duration = Duration::from_millis(500);

/// A point in time until which something may be waited for.
pub(super) struct Deadline {
    after: Duration,
    at: Instant,
}

impl Deadline {
    pub(super) fn after(after: Duration) -> Self {
        Self { after, at: Instant::now() + after }
    }

    /// Tries again and again, ever less often: the others are processes that cannot call back.
    pub(super) fn wait<T>(
        &self,
        waited_for: &str,
        mut attempt: impl FnMut() -> Result<Option<T>, StartError>,
    ) -> Result<T, StartError> {
        let started = Instant::now();
        loop {
            if let Some(result) = attempt()? {
                return Ok(result);
            }
            if Instant::now() >= self.at {
                return Err(StartError::TimedOut { after: self.after, waited_for: waited_for.to_owned() });
            }
            thread::sleep((started.elapsed() / 10).clamp(POLL, LONGEST_POLL));
        }
    }
}
