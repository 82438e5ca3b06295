//! The one thread that commits and scans.
//!
//! Commits that wait are written in one transaction, each within a savepoint of its own, and answered after the
//! transaction is on the disk: many commits, one sync. The thread ends when the store is dropped, and not before:
//! whatever goes wrong is an answer.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use hallpass_store::{Change, CommitError, Unavailable};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::commit::{Stop, apply};
use crate::connection;
use crate::fault::{is_busy, unavailable};
use crate::options::Options;
use crate::place::Place;

/// How many jobs may wait. One more is told that the store is unavailable, instead of eating memory.
const QUEUE: usize = 4096;

/// How many commits are written at once at most.
const BATCH: usize = 256;

/// The caller's end.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

enum Job {
    Commit(Waiting),
    Scan(Scan),
}

/// Reads many rows and answers whoever waits for them.
type Scan = Box<dyn FnOnce(Result<&Connection, Unavailable>) + Send>;

/// A commit and who waits for it.
struct Waiting {
    changes: Vec<Change>,
    answer: oneshot::Sender<Result<(), CommitError>>,
}

impl Writer {
    pub(crate) fn start(place: Place, options: Options) -> io::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE);
        let desk = Desk { place, options, connection: None };
        let thread = thread::Builder::new().name("hallpass-sqlite".to_owned()).spawn(|| desk.work(queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(crate) async fn commit(&self, changes: &[Change]) -> Result<(), CommitError> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Commit(Waiting { changes: changes.to_vec(), answer }))?;
        answered.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    /// Reads many rows, behind the commits that wait.
    pub(crate) async fn scan<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Scan(Box::new(move |connection| {
            let found =
                connection.and_then(|connection| read(connection).map_err(|error| unavailable(&error)));
            // Whoever asked may have gone; the answer is dropped then.
            let _ = answer.send(found);
        })))?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Whether the thread lives.
    pub(crate) fn check(&self) -> Result<(), Unavailable> {
        match &self.thread {
            Some(thread) if !thread.is_finished() => Ok(()),
            _ => Err(stopped()),
        }
    }

    fn send(&self, job: Job) -> Result<(), Unavailable> {
        let sent = self.jobs.as_ref().map(|jobs| jobs.try_send(job));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(Unavailable::new("too many commits are waiting")),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(stopped()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the database's writer thread panicked");
        }
    }
}

fn stopped() -> Unavailable {
    Unavailable::new("the database's writer thread has stopped; restart the process")
}

/// The thread's end.
struct Desk {
    place: Place,
    options: Options,
    /// `None` before the first job, and after a fault that left the connection in an unknown state.
    connection: Option<Connection>,
}

/// Why nothing of a batch was written.
enum Fault {
    /// The files are not there, or not openable.
    Absent(Unavailable),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Fault> for Unavailable {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Absent(cause) => cause,
            Fault::Sqlite(error) => unavailable(&error),
        }
    }
}

impl Desk {
    fn work(mut self, queue: Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let (mut commits, mut scans) = (Vec::new(), Vec::new());
            for job in std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)) {
                match job {
                    Job::Commit(waiting) => commits.push(waiting),
                    Job::Scan(scan) => scans.push(scan),
                }
            }
            self.write(commits);
            for scan in scans {
                scan(self.connection().map_err(Unavailable::from));
            }
        }
    }

    fn write(&mut self, batch: Vec<Waiting>) {
        if batch.is_empty() {
            return;
        }
        match self.transaction(&batch) {
            Ok(outcomes) => {
                for (waiting, outcome) in batch.into_iter().zip(outcomes) {
                    let _ = waiting.answer.send(outcome);
                }
            }
            // One commit that does not fit on the disk must not refuse the others. A lock would refuse them all
            // again, each after the whole wait.
            Err(Fault::Sqlite(error)) if batch.len() > 1 && !is_busy(&error) => {
                for waiting in batch {
                    self.write(vec![waiting]);
                }
            }
            Err(fault) => {
                let cause = Unavailable::from(fault).cause;
                for waiting in batch {
                    let _ = waiting.answer.send(Err(Unavailable::new(&cause).into()));
                }
            }
        }
    }

    /// Writes the batch and answers the outcome of each; or nothing of it is written.
    fn transaction(&mut self, batch: &[Waiting]) -> Result<Vec<Result<(), CommitError>>, Fault> {
        let connection = self.connection()?;
        let outcomes = write_all(connection, batch);
        if outcomes.is_err() && !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
            tracing::warn!("the database does not roll back; opening it again");
            self.connection = None;
        }
        Ok(outcomes?)
    }

    fn connection(&mut self) -> Result<&Connection, Fault> {
        self.place.check().map_err(Fault::Absent)?;
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => connection::writer(self.place.path(), &self.options)?,
        };
        Ok(self.connection.insert(connection))
    }
}

fn write_all(connection: &Connection, batch: &[Waiting]) -> rusqlite::Result<Vec<Result<(), CommitError>>> {
    run(connection, "BEGIN IMMEDIATE")?;
    let outcomes = batch
        .iter()
        .map(|waiting| write_one(connection, &waiting.changes))
        .collect::<rusqlite::Result<_>>()?;
    run(connection, "COMMIT")?;
    Ok(outcomes)
}

/// Writes one commit, or takes back what it wrote of it.
fn write_one(connection: &Connection, changes: &[Change]) -> rusqlite::Result<Result<(), CommitError>> {
    run(connection, "SAVEPOINT this_commit")?;
    let outcome = match changes.iter().try_for_each(|change| apply(connection, change)) {
        Ok(()) => Ok(()),
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Refused(refusal)) => {
            run(connection, "ROLLBACK TO this_commit")?;
            Err(refusal)
        }
    };
    run(connection, "RELEASE this_commit")?;
    Ok(outcome)
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
