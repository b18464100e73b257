//! How many requests a caller may make in a minute.
//!
//! Windows of one minute begin with a caller's first request. They are counted in memory, for each server on its own,
//! and in bounded space: callers who were not seen for long are forgotten first.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use uuid::Uuid;

/// How long a window is.
const WINDOW: Duration = Duration::from_mins(1);

/// How many callers are remembered.
const CALLERS: usize = 100_000;

/// Whom requests are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// An address without a key; of IPv6 the network of 64 bits, since a host has all of it.
    Address(IpAddr),
    /// A key.
    Key(Uuid),
}

impl Account {
    /// The account of an address.
    pub fn of(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        })
    }
}

struct Window {
    began: Instant,
    used: AtomicU32,
}

/// The quotas of one server.
pub struct Quotas {
    anonymous: u32,
    keyed: u32,
    windows: Cache<Account, Arc<Window>>,
}

/// Where an account stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The name of the policy.
    pub policy: &'static str,
    /// Requests allowed in a window.
    pub quota: u32,
    /// Requests left in this one.
    pub remaining: u32,
    /// Seconds until the next one begins.
    pub reset: u64,
    /// Whether this request is within the quota.
    pub within: bool,
}

impl Quotas {
    /// Quotas of so many requests a minute; 0 is no limit.
    pub fn new(anonymous: u32, keyed: u32) -> Self {
        Self { anonymous, keyed, windows: Cache::new(CALLERS) }
    }

    /// Counts a request; `None` where there is no limit.
    pub fn take(&self, account: Account) -> Option<Standing> {
        let (policy, quota) = match account {
            Account::Address(_) => ("anonymous", self.anonymous),
            Account::Key(_) => ("key", self.keyed),
        };
        if quota == 0 {
            return None;
        }
        let window = self.window(account);
        let used = window.used.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if used > quota {
            window.used.fetch_sub(1, Ordering::Relaxed);
        }
        let reset = WINDOW.saturating_sub(window.began.elapsed()).as_secs_f64().ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 60")]
        let reset = reset as u64;
        Some(Standing { policy, quota, remaining: quota.saturating_sub(used), reset, within: used <= quota })
    }

    /// Takes back the count of a request that cost nothing.
    pub fn give_back(&self, account: Account) {
        if let Some(window) = self.windows.get(&account) {
            let less = |used: u32| used.checked_sub(1);
            let _unchanged_at_zero = window.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }

    fn window(&self, account: Account) -> Arc<Window> {
        if let Some(window) = self.windows.get(&account) {
            if window.began.elapsed() < WINDOW {
                return window;
            }
            self.windows.remove_if(&account, |window| window.began.elapsed() >= WINDOW);
        }
        let fresh =
            || Ok::<_, std::convert::Infallible>(Arc::new(Window { began: Instant::now(), used: AtomicU32::new(0) }));
        match self.windows.get_or_insert_with(&account, fresh) {
            Ok(window) => window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_used_up_and_given_back() {
        let quotas = Quotas::new(2, 0);
        let account = Account::of(IpAddr::from([192, 0, 2, 1]));
        let remaining = || quotas.take(account).map(|standing| (standing.remaining, standing.within));
        assert_eq!(remaining(), Some((1, true)));
        assert_eq!(remaining(), Some((0, true)));
        assert_eq!(remaining(), Some((0, false)));
        quotas.give_back(account);
        assert_eq!(remaining(), Some((0, true)));
        assert_eq!(quotas.take(Account::Key(Uuid::nil())), None);
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_an_account() {
        let account = |text: &str| text.parse().map(Account::of);
        assert_eq!(account("2001:db8::1"), account("2001:db8::ffff:1"));
        assert_ne!(account("2001:db8::1"), account("2001:db8:0:1::1"));
        assert_eq!(account("::ffff:192.0.2.1"), account("192.0.2.1"));
    }
}
