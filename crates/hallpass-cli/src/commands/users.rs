//! `hallpass users`: adding and listing them, setting passwords, letting them in or not.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use hallpass::UserError;
use hallpass_store::{Listed, Store, Timestamp, UserId, UserPage};
use serde_json::json;

use super::{Absent, Desk, at_least_one, desk, quoted};
use crate::config::Loaded;
use crate::dialogue::{FAILED, MISUSED, answer, confirmed, give_up, new_password, say};
use crate::table::{lines, moment, table};

/// What to do with users.
#[derive(Subcommand)]
pub(crate) enum Users {
    /// Add a user with a password: asked for, or read from standard input or a file.
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
    /// Set a user's password, likewise, and sign them out everywhere.
    Password {
        /// The mail address they sign in with
        email: String,
        /// Read the password from this file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List users, oldest first.
    List {
        /// Only users whose address holds this text
        #[arg(long, value_name = "TEXT")]
        address: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = at_least_one)]
        limit: usize,
        /// Go on where a listing told so
        #[arg(long, value_name = "PLACE")]
        after: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Keep a user from signing in, whichever way, and end their sessions.
    Disable {
        /// Their mail address or id
        #[arg(value_name = "ADDRESS|ID")]
        user: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Let a user sign in again.
    Enable {
        /// Their mail address or id
        #[arg(value_name = "ADDRESS|ID")]
        user: String,
    },
}

pub(crate) fn run(loaded: Loaded, command: Users) -> ExitCode {
    let absent = if matches!(command, Users::Add { .. }) { Absent::Made } else { Absent::Told };
    let desk = match desk(loaded, absent) {
        Ok(desk) => desk,
        Err(status) => return status,
    };
    match command {
        Users::List { address, limit, after, json } => {
            list(&desk, address.as_deref(), limit, after.as_deref(), json)
        }
        Users::Disable { user, yes } => disable(&desk, &user, yes),
        Users::Enable { user } => enable(&desk, &user),
        Users::Add { email, name, password_file } => with_password(&desk, password_file, async |password| {
            let id = desk.started.auth.add_user(&email, name.as_deref(), password).await?;
            Ok(format!("added {email} with the id {id}"))
        }),
        Users::Password { email, password_file } => with_password(&desk, password_file, async |password| {
            desk.started.auth.set_password(&email, password).await?;
            Ok(format!("the password of {email} is set"))
        }),
    }
}

fn with_password(
    desk: &Desk,
    file: Option<PathBuf>,
    work: impl AsyncFnOnce(&str) -> Result<String, UserError>,
) -> ExitCode {
    let password = match new_password(file.as_deref()) {
        Ok(password) => password,
        Err(why) => return give_up(FAILED, why),
    };
    match desk.block_on(work(&password)) {
        Ok(done) if desk.config.password.is_some() => answer(format_args!("{done}\n")),
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

/// Where a page ends: when the last user was made, in milliseconds, and their id.
fn place(text: &str) -> Option<(Timestamp, UserId)> {
    let (made, id) = text.split_once(':')?;
    Some((Timestamp::from_millis(made.parse().ok()?), UserId(id.to_owned())))
}

fn list(desk: &Desk, address: Option<&str>, limit: usize, after: Option<&str>, as_json: bool) -> ExitCode {
    let after = match after.map(|text| place(text).ok_or(text)) {
        None => None,
        Some(Ok(place)) => Some(place),
        Some(Err(text)) => {
            let way_out = "a listing that has more says how to go on";
            return give_up(MISUSED, format_args!("{text:?} is no place in the listing\n  → {way_out}"));
        }
    };
    // As addresses are kept.
    let lower = address.map(str::to_lowercase);
    let page = UserPage {
        address: lower.as_deref(),
        after: after.as_ref().map(|(made, id)| (*made, id)),
        most: limit,
    };
    let found = match desk.block_on(desk.started.store.users(page)) {
        Ok(found) => found,
        Err(error) => return give_up(FAILED, error),
    };
    if found.len() == limit
        && let Some(Listed { user, .. }) = found.last()
    {
        let place = format!("{}:{}", user.created.millis(), user.id);
        let address = address.map(|address| format!(" --address {}", quoted(address))).unwrap_or_default();
        let json = if as_json { " --json" } else { "" };
        let place = quoted(&place);
        say(format_args!(
            "There may be more: hallpass users list{address} --limit {limit}{json} --after {place}"
        ));
    }
    if as_json {
        return answer(lines(&found.iter().map(value).collect::<Vec<_>>()));
    }
    let rows: Vec<_> = found.iter().map(row).collect();
    answer(table(["ID", "ADDRESS", "NAME", "VERIFIED", "MADE", "DISABLED"], &rows))
}

fn row(listed: &Listed) -> [String; 6] {
    let user = &listed.user;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        user.id.0.clone(),
        or_dash(user.email.clone()),
        or_dash(user.name.clone()),
        or_dash(user.email_verified.map(moment)),
        moment(user.created),
        or_dash(listed.disabled.map(moment)),
    ]
}

fn value(listed: &Listed) -> serde_json::Value {
    let user = &listed.user;
    json!({
        "id": user.id.0,
        "email": user.email,
        "name": user.name,
        "email_verified": user.email_verified.map(moment),
        "created": moment(user.created),
        "disabled": listed.disabled.map(moment),
    })
}

fn disable(desk: &Desk, who: &str, yes: bool) -> ExitCode {
    let user = match desk.block_on(desk.started.auth.find_user(who)) {
        Ok(user) => user,
        Err(error) => return desk.user_trouble(error),
    };
    let question = format_args!("Keep {who} from signing in, and end their sessions?");
    if let Err(status) = confirmed(yes, question) {
        return status;
    }
    if let Err(error) = desk.block_on(desk.started.auth.disable_user(&user.id)) {
        return desk.user_trouble(error);
    }
    let when = desk.until_refused();
    answer(format_args!("{who} cannot sign in, and is signed out{when}\n"))
}

fn enable(desk: &Desk, who: &str) -> ExitCode {
    let enabled = desk.block_on(async {
        let user = desk.started.auth.find_user(who).await?;
        desk.started.auth.enable_user(&user.id).await
    });
    match enabled {
        Ok(()) => answer(format_args!("{who} can sign in\n")),
        Err(error) => desk.user_trouble(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_told() {
        let found = place("1800000000000:u:1");
        assert_eq!(found, Some((Timestamp::from_secs(1_800_000_000), UserId("u:1".into()))));
        assert!([place(""), place("u1"), place("x:u1"), place("-1:u1")].iter().all(Option::is_none));
    }
}
