//! `--online`: the mail server and the providers are asked, without a mail and without a sign-in.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hallpass::world::{HttpError, World};
use hallpass_oauth::{Client, discovery};
use hallpass_world::{KernelRandom, SmtpMail, SmtpOptions};

use super::production::{Finding, Weight};
use crate::config::Config;
use crate::start::world_without_memory;

const DEADLINE: Duration = Duration::from_secs(8);

/// Asks everybody.
pub(super) fn ask(config: &Config) -> Vec<Finding> {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let what = format!("nobody could be asked: {error}");
            return vec![Finding::new(Weight::Error, "this machine", what, "free some memory or threads")];
        }
    };
    runtime.block_on(async {
        let mut found = Vec::new();
        if let Some(smtp) = config.email.as_ref().and_then(|email| email.smtp.clone()) {
            found.extend(mail_server(smtp).await);
        }
        // Why there is none is told where the configuration is judged.
        if let Ok(world) = world_without_memory(config) {
            for client in config.providers.iter().filter(|client| client.fixed_metadata().is_none()) {
                found.extend(provider(&world, client).await);
            }
        }
        found
    })
}

/// Greets the mail server, with TLS and the password.
async fn mail_server(smtp: SmtpOptions) -> Option<Finding> {
    let mail = SmtpMail::new(smtp, Arc::new(KernelRandom)).ok()?;
    let error = mail.greet().await.err()?;
    let what = format!("it does not take our mail: {}", online_words(&error));
    let way_out = "see that host, port, user and password in `email.smtp` are right, and that a firewall lets us through";
    Some(Finding::new(Weight::Error, "the mail server", what, way_out))
}

fn online_words(error: &hallpass::world::MailError) -> String {
    use hallpass::world::MailError::{Refused, TimedOut, Unreachable};
    match error {
        TimedOut => "it did not answer in time".to_owned(),
        Unreachable(cause) | Refused(cause) => cause.clone(),
    }
}

/// Reads how a provider describes itself.
async fn provider(world: &World, client: &Client) -> Option<Finding> {
    let whose = format!("the provider {}", client.provider().id);
    let trouble = |what: String| {
        let way_out = "see that its issuer is right, and that this machine reaches it";
        Some(Finding::new(Weight::Error, &whose, what, way_out))
    };
    let request = match discovery::request(client) {
        Ok(request) => request,
        Err(error) => return trouble(format!("it cannot be asked: {}", error.reason())),
    };
    let response = match world.http.send(request.map(Bytes::from), DEADLINE).await {
        Ok(response) => response,
        Err(HttpError::TimedOut) => return trouble("it did not answer in time".to_owned()),
        Err(HttpError::TooLarge) => return trouble("its description is too large".to_owned()),
        Err(HttpError::NotSent(cause) | HttpError::Unreachable(cause)) => {
            return trouble(format!("it cannot be reached: {cause}"));
        }
    };
    match discovery::response(client, &response) {
        Ok(_) => None,
        Err(error) => trouble(format!("its description does not hold: {}", error.reason())),
    }
}
