//! `hallpass users`: adding users, setting passwords.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use hallpass::UserError;

use super::usable;
use crate::config::Loaded;
use crate::dialogue::{FAILED, answer, give_up, new_password};
use crate::start::start;

/// What to do with a user. The password is asked for, or read from standard input or a file.
#[derive(Subcommand)]
pub(crate) enum Users {
    /// Add a user with a password.
    Add {
        /// The mail address to sign in with
        email: String,
        /// What to call them
        #[arg(long)]
        name: Option<String>,
        /// Read the password from this file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Set a user's password, and sign them out everywhere.
    Password {
        /// The mail address they sign in with
        email: String,
        /// Read the password from this file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

pub(crate) fn run(loaded: Loaded, command: Users) -> ExitCode {
    let config = match usable(loaded) {
        Ok(config) => config,
        Err(status) => return status,
    };
    let started = match start(&config, &config.origin(config.listen.port())) {
        Ok(started) => started,
        Err(error) => return give_up(FAILED, error),
    };
    let (Users::Add { password_file, .. } | Users::Password { password_file, .. }) = &command;
    let password = match new_password(password_file.as_deref()) {
        Ok(password) => password,
        Err(why) => return give_up(FAILED, why),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return give_up(FAILED, format_args!("no runtime: {error}")),
    };
    let done: Result<String, UserError> = runtime.block_on(async {
        match &command {
            Users::Add { email, name, .. } => {
                let id = started.auth.add_user(email, name.as_deref(), &password).await?;
                Ok(format!("added {email} with the id {id}"))
            }
            Users::Password { email, .. } => {
                started.auth.set_password(email, &password).await?;
                Ok(format!("the password of {email} is set"))
            }
        }
    });
    match done {
        Ok(done) if config.password.is_some() => answer(format_args!("{done}\n")),
        Ok(done) => {
            answer(format_args!("{done}\nnote: passwords are off; set enabled = true in [password]\n"))
        }
        Err(UserError::Taken) => give_up(
            FAILED,
            "there is a user with this address already\n  → `hallpass users password` sets their password",
        ),
        Err(UserError::Unknown) => {
            give_up(FAILED, "there is no user with this address\n  → `hallpass users add` adds one")
        }
        Err(error) => give_up(FAILED, error),
    }
}
