//! `hallpass sessions`: who is signed in where, and ending it.

use std::collections::HashMap;
use std::process::ExitCode;

use clap::{ArgGroup, Subcommand};
use hallpass::UserError;
use hallpass_store::{Session, SessionPage, Store, Timestamp, TokenHash, UserBy, UserId};
use serde_json::json;

use super::{Absent, Desk, at_least_one, desk, quoted};
use crate::config::Loaded;
use crate::dialogue::{FAILED, MISUSED, answer, confirmed, give_up, say};
use crate::table::{lines, moment, table};

/// So many sessions are read, and ended, at once.
const PAGE: usize = 500;
/// How many bytes of a session's key make its public id.
const ID_BYTES: usize = 8;

/// What to do with sessions.
#[derive(Subcommand)]
pub(crate) enum Sessions {
    /// List sessions that are not over.
    List {
        /// Only those of the user with this address or id
        #[arg(long, value_name = "ADDRESS|ID")]
        user: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = at_least_one)]
        limit: usize,
        /// Go on behind the session with this id
        #[arg(long, value_name = "SESSION")]
        after: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// End sessions: some by their ids, all of a user, or all there are.
    #[command(group(ArgGroup::new("which").required(true).args(["ids", "user", "all"])))]
    Revoke {
        /// Ids from `hallpass sessions list`
        #[arg(value_name = "SESSION")]
        ids: Vec<String>,
        /// All of the user with this address or id
        #[arg(long, value_name = "ADDRESS|ID")]
        user: Option<String>,
        /// Every session of everybody
        #[arg(long)]
        all: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) fn run(loaded: Loaded, command: Sessions) -> ExitCode {
    let desk = match desk(loaded, Absent::Told) {
        Ok(desk) => desk,
        Err(status) => return status,
    };
    match command {
        Sessions::List { user, limit, after, json } => {
            list(&desk, user.as_deref(), limit, after.as_deref(), json)
        }
        Sessions::Revoke { user: Some(user), yes, .. } => revoke_of(&desk, &user, yes),
        Sessions::Revoke { all: true, yes, .. } => revoke_all(&desk, yes),
        Sessions::Revoke { ids, yes, .. } => revoke(&desk, &ids, yes),
    }
}

/// The public id of a session: the beginning of its key. That is a hash of what the cookie holds, and no use as a cookie.
fn id_of(key: &TokenHash) -> String {
    key.as_bytes().iter().take(ID_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// The first key with this id, and the last one before it, if there is one.
fn bounds(id: &str) -> Option<(TokenHash, Option<TokenHash>)> {
    if id.len() != 2 * ID_BYTES || !id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let start = u64::from_str_radix(id, 16).ok()?;
    let key = |start: u64, rest: u8| {
        let mut bytes = [rest; 32];
        bytes[..ID_BYTES].copy_from_slice(&start.to_be_bytes());
        TokenHash::from_bytes(bytes)
    };
    Some((key(start, 0x00), start.checked_sub(1).map(|before| key(before, 0xff))))
}

fn no_id(id: &str) -> ExitCode {
    give_up(
        MISUSED,
        format_args!("{id:?} is no session's id\n  → `hallpass sessions list` shows them, 16 digits each"),
    )
}

fn list(desk: &Desk, user: Option<&str>, limit: usize, after: Option<&str>, as_json: bool) -> ExitCode {
    let after = match after.map(|id| bounds(id).ok_or(id)) {
        None => None,
        // Behind every key that has this id: just before the first of the next.
        Some(Ok((first, _))) => Some(last_with_id_of(&first)),
        Some(Err(id)) => return no_id(id),
    };
    match desk.block_on(listed(desk, user, limit, after)) {
        Err(error) => desk.user_trouble(error),
        Ok(found) => {
            if found.len() == limit
                && let Some((last, _)) = found.last()
            {
                let user = user.map(|user| format!(" --user {}", quoted(user))).unwrap_or_default();
                let json = if as_json { " --json" } else { "" };
                let place = id_of(&last.key);
                say(format_args!(
                    "There may be more: hallpass sessions list{user} --limit {limit}{json} --after {place}"
                ));
            }
            if as_json {
                answer(lines(&found.iter().map(as_value).collect::<Vec<_>>()))
            } else {
                answer(rows(&found))
            }
        }
    }
}

fn last_with_id_of(key: &TokenHash) -> TokenHash {
    let mut bytes = [0xff; 32];
    bytes[..ID_BYTES].copy_from_slice(&key.as_bytes()[..ID_BYTES]);
    TokenHash::from_bytes(bytes)
}

type Found = (Session, Option<String>);

/// Sessions that are not over, each with its user's address.
async fn listed(
    desk: &Desk,
    user: Option<&str>,
    limit: usize,
    mut after: Option<TokenHash>,
) -> Result<Vec<Found>, UserError> {
    let of = match user {
        Some(user) => Some(desk.started.auth.find_user(user).await?.id),
        None => None,
    };
    let (store, mut addresses, mut found) = (&desk.started.store, HashMap::new(), Vec::new());
    loop {
        let page = SessionPage { of: of.as_ref(), after: after.as_ref(), most: PAGE };
        let sessions = store.sessions(page).await?;
        let last = sessions.len() < PAGE;
        after = sessions.last().map(|session| session.key).or(after);
        for session in sessions.into_iter().filter(|session| session.expires > desk.now()) {
            if found.len() == limit {
                return Ok(found);
            }
            if !addresses.contains_key(&session.user) {
                let user = store.user(UserBy::Id(&session.user)).await?;
                addresses.insert(session.user.clone(), user.and_then(|user| user.email));
            }
            let address = addresses.get(&session.user).cloned().flatten();
            found.push((session, address));
        }
        if last {
            return Ok(found);
        }
    }
}

fn rows(found: &[Found]) -> String {
    let row = |(session, address): &Found| {
        let of = address.clone().unwrap_or_else(|| session.user.0.clone());
        let [signed_in, prolonged, expires] = times(session).map(moment);
        [id_of(&session.key), of, signed_in, prolonged, expires]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    table(["SESSION", "USER", "SIGNED IN", "PROLONGED", "EXPIRES"], &rows)
}

fn times(session: &Session) -> [Timestamp; 3] {
    [session.created, session.renewed, session.expires]
}

fn as_value((session, address): &Found) -> serde_json::Value {
    let [signed_in, prolonged, expires] = times(session).map(moment);
    json!({
        "id": id_of(&session.key),
        "user": session.user.0,
        "email": address,
        "signed_in": signed_in,
        "prolonged": prolonged,
        "expires": expires,
    })
}

fn revoke(desk: &Desk, ids: &[String], yes: bool) -> ExitCode {
    let found = desk.block_on(async {
        let mut keys = Vec::new();
        for id in ids {
            let Some((first, before)) = bounds(id) else { return Ok(Err(no_id(id))) };
            let page = SessionPage { of: None, after: before.as_ref(), most: 2 };
            let hits = desk.started.store.sessions(page).await?;
            let mut hits = hits.into_iter().filter(|hit| id_of(&hit.key) == id_of(&first));
            match (hits.next(), hits.next()) {
                (Some(hit), None) => keys.push(hit.key),
                (Some(_), Some(_)) => {
                    let what = "two sessions have this id\n  → end all of the user with --user";
                    return Ok(Err(give_up(FAILED, what)));
                }
                (None, _) => {
                    let what = "there is no session with the id";
                    let way_out = "it may have ended already; `hallpass sessions list` shows those that run";
                    return Ok(Err(give_up(FAILED, format_args!("{what} {id}\n  → {way_out}"))));
                }
            }
        }
        Ok::<_, UserError>(Ok(keys))
    });
    let keys = match found {
        Ok(Ok(keys)) => keys,
        Ok(Err(status)) => return status,
        Err(error) => return desk.user_trouble(error),
    };
    if let Err(status) = confirmed(yes, format_args!("End {}?", counted(keys.len()))) {
        return status;
    }
    match desk.block_on(desk.started.auth.end_sessions(&keys)) {
        Ok(()) => done(desk, keys.len()),
        Err(error) => desk.user_trouble(error),
    }
}

fn revoke_of(desk: &Desk, user: &str, yes: bool) -> ExitCode {
    let found = desk.block_on(async {
        let user = desk.started.auth.find_user(user).await?;
        let count = count(desk, Some(&user.id)).await?;
        Ok::<_, UserError>((user.id, count))
    });
    let (id, count) = match found {
        Ok(found) => found,
        Err(error) => return desk.user_trouble(error),
    };
    if let Err(status) = confirmed(yes, format_args!("End {} of {user}?", counted(count))) {
        return status;
    }
    match desk.block_on(desk.started.auth.end_sessions_of(&id)) {
        Ok(()) => done(desk, count),
        Err(error) => desk.user_trouble(error),
    }
}

/// Ends what is there, page by page. A session that begins meanwhile may go on.
fn revoke_all(desk: &Desk, yes: bool) -> ExitCode {
    if let Err(status) = confirmed(yes, "End every session of everybody?") {
        return status;
    }
    let ended = desk.block_on(async {
        let (mut ended, mut after) = (0, None);
        loop {
            let page = SessionPage { of: None, after: after.as_ref(), most: PAGE };
            let keys: Vec<TokenHash> =
                desk.started.store.sessions(page).await?.into_iter().map(|session| session.key).collect();
            desk.started.auth.end_sessions(&keys).await?;
            ended += keys.len();
            if keys.len() < PAGE {
                return Ok::<_, UserError>(ended);
            }
            after = keys.last().copied();
        }
    });
    match ended {
        Ok(ended) => done(desk, ended),
        Err(error) => desk.user_trouble(error),
    }
}

async fn count(desk: &Desk, of: Option<&UserId>) -> Result<usize, UserError> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = SessionPage { of, after: after.as_ref(), most: PAGE };
        let sessions = desk.started.store.sessions(page).await?;
        count += sessions.len();
        match sessions.last() {
            Some(last) if sessions.len() == PAGE => after = Some(last.key),
            _ => return Ok(count),
        }
    }
}

fn done(desk: &Desk, ended: usize) -> ExitCode {
    let when = if ended == 0 { "" } else { desk.until_refused() };
    answer(format_args!("ended {}{when}\n", counted(ended)))
}

fn counted(sessions: usize) -> String {
    if sessions == 1 { "1 session".to_owned() } else { format!("{sessions} sessions") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_the_keys_that_have_it() {
        let key = TokenHash::of("a session");
        let (first, before) = bounds(&id_of(&key)).unwrap();
        assert!(first <= key && before.unwrap() < first && key <= last_with_id_of(&first));
        assert_ne!(id_of(&before.unwrap()), id_of(&key));
        assert_eq!(bounds("0000000000000000").unwrap().1, None);
        for wrong in ["", "0", "+000000000000000", "00000000000000000", "000000000000000g", "ééééÿÿÿÿ"]
        {
            assert!(bounds(wrong).is_none(), "{wrong}");
        }
    }
}
