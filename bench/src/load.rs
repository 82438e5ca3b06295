//! The load: connections that stay open, each asking again as soon as it was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Failure;
use crate::message::Answer;

/// After this, whatever is measured hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// One request, and how to tell its answer.
pub(crate) struct Load {
    request: Vec<u8>,
    /// How every answer starts: its status line.
    start: Vec<u8>,
    /// How every answer ends: the empty line and the body. So an answer is complete as soon as it ends like this.
    end: Vec<u8>,
}

impl Load {
    pub(crate) fn new(request: Vec<u8>, answer: &Answer) -> Self {
        let start = answer.bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
        Self { request, start, end: [b"\r\n\r\n", answer.body.as_slice()].concat() }
    }

    /// Asks this many times over this many connections, and says how long it took.
    pub(crate) async fn run(
        self: &Arc<Self>,
        server: SocketAddr,
        requests: usize,
        connections: usize,
    ) -> Result<Duration, Failure> {
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(server).await.map_err(|error| error.to_string())?;
            stream.set_nodelay(true).map_err(|error| error.to_string())?;
            streams.push(stream);
        }
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for (index, stream) in streams.into_iter().enumerate() {
            let share = requests / connections + usize::from(index < requests % connections);
            let load = Arc::clone(self);
            tasks.spawn(async move { load.converse(stream, share).await });
        }
        let all = async {
            while let Some(done) = tasks.join_next().await {
                done.map_err(|error| error.to_string())??;
            }
            Ok::<_, Failure>(())
        };
        timeout(PATIENCE, all).await.map_err(|_| "a server hangs under load")??;
        Ok(start.elapsed())
    }

    async fn converse(&self, mut stream: TcpStream, requests: usize) -> Result<(), Failure> {
        let broken = |error: std::io::Error| format!("a connection broke under load: {error}");
        let mut answer = vec![0; 16 * 1024];
        for _ in 0..requests {
            stream.write_all(&self.request).await.map_err(broken)?;
            let mut length = 0;
            while !answer[..length].ends_with(&self.end) {
                let count = stream.read(&mut answer[length..]).await.map_err(broken)?;
                if count == 0 {
                    return Err("another answer came under load than before".to_owned());
                }
                length += count;
            }
            if !answer.starts_with(&self.start) {
                return Err("another status came under load than before".to_owned());
            }
        }
        Ok(())
    }
}
