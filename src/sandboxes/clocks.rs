//! The clock of a sandbox, moved: what falls into the time between is made before anybody sees the new time.

use std::sync::Arc;

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use super::write::Write;
use crate::model::auto_snapshot_policy;
use crate::model::clock::SandboxClock;
use crate::model::kind::Entry;
use crate::model::play::Tally;
use crate::model::time::Time;
use crate::store::policies;

/// Where a clock is moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    Set(SandboxClock),
    /// So many seconds ahead; back, if it is negative.
    Advance(i64),
    /// To the moment at which a policy has something to make for the next time.
    ToNextDue,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    pub clock: SandboxClock,
    pub now: Time,
    /// Of [`Move::ToNextDue`]: when that is.
    pub due: Option<Time>,
    pub tally: Tally,
}

impl Sandboxes {
    /// Moves the clock of a sandbox. Unless it `catches_up`, what falls into the time between is never made.
    pub async fn move_clock(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        to: Move,
        catches_up: bool,
    ) -> Result<Moved, SandboxError> {
        let changing = self.changing(sandbox).await?;
        let all = self.clone();
        let moved = self.changes.run(async move {
            // By the clock that it has, first. Where that is too much, there is a way out.
            let mut tally = match all.catch_up_in(&changing).await {
                Err(SandboxError::TooMuchDue) if !catches_up => Tally::default(),
                caught_up => caught_up?,
            };
            let (current, now) = all.current(changing.sandbox()).await?;
            let real = all.clock.now();
            let due = current.next_due.filter(|_| to == Move::ToNextDue);
            let clock = match to {
                Move::Set(clock) => clock.started(&current.clock, real),
                Move::Advance(seconds) => current.clock.advanced(seconds, real),
                Move::ToNextDue => {
                    let due = due.ok_or(SandboxError::NothingDue)?;
                    current.clock.advanced(due.0.saturating_sub(now.0), real)
                }
            };
            let mut write = Write::begin_as_it_is(&all, changing.clone()).await?;
            write.set_clock(clock);
            let skipped = if catches_up { Ok(()) } else { write.skip_until(clock.at(real)).await };
            match skipped {
                Ok(()) => write.commit().await?,
                Err(error) => {
                    write.rollback().await;
                    return Err(error);
                }
            }
            if catches_up {
                match all.catch_up_in(&changing).await {
                    Err(SandboxError::TooMuchDue) => {
                        let mut write = Write::begin_as_it_is(&all, changing.clone()).await?;
                        write.set_clock(current.clock);
                        write.commit().await?;
                        return Err(SandboxError::TooMuchDue);
                    }
                    caught_up => tally += caught_up?,
                }
            }
            let (_, moved) = all.current(changing.sandbox()).await?;
            // A clock that is set back removes nothing.
            if moved >= now {
                tally.expired += all.take_out_expired(&changing, moved).await?;
            }
            let (current, now) = all.current(changing.sandbox()).await?;
            Ok::<_, SandboxError>(Moved { clock: current.clock, now, due, tally })
        });
        moved.await
    }
}

impl Write {
    /// Lets what policies have to make by `now` never be made.
    async fn skip_until(&mut self, now: Time) -> Result<(), SandboxError> {
        let mut all = policies::all(&mut self.writer, self.state.state_id).await?;
        for policy in &mut all {
            policy.skip_until(now);
        }
        let entries: Vec<&dyn Entry> = all.iter().map(|policy| policy as &dyn Entry).collect();
        self.put_kind(&auto_snapshot_policy::KIND, &entries, &mut super::put::Counts::default()).await
    }
}
