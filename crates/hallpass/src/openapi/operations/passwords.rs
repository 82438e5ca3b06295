//! The operations about passwords.

use hallpass_wire::{Action, CALLBACK_URL_FIELD};
use serde_json::Value;

use super::super::answers::{Answers, Body};
use super::{Operation, address, new_password, page, query, text};
use crate::config::Setup;

/// Those of an action: none where hallpass keeps no passwords, or where it takes mail and there is none.
pub(super) fn of(setup: &Setup, action: Action<'_>) -> Vec<Operation> {
    let Some(options) = &setup.passwords else { return Vec::new() };
    let by_mail = setup.email.is_some();
    match action {
        Action::Password => change(options.min_length),
        Action::PasswordReset => reset(by_mail),
        Action::NewPassword if by_mail => link(options.min_length),
        _ => Vec::new(),
    }
}

const UNFIT: &str = "What was typed cannot be used.";
const DISABLED: &str = "This person may not sign in.";
const GONE: &str = "The link is spent, expired, or none of ours.";

fn change(shortest: usize) -> Vec<Operation> {
    let mut show = page(
        "passwordPage",
        "The form for another password; where nobody is signed in, the way to the sign-in page.",
    )
    .takes(vec![
        query(CALLBACK_URL_FIELD, "Where to go afterwards."),
        query("error", "What went wrong before."),
    ]);
    let mut post = Operation::post(
        "changePassword",
        "Changes the password of whoever is signed in, and ends all their other sessions.",
    )
    .fields(vec![
        ("currentPassword", text("The password that it is.")),
        ("newPassword", new_password(shortest)),
    ])
    .led("Where to go next.")
    .answers(|answers| {
        let answers = refused(answers);
        answers.redirect_as_json(401, "Nobody is signed in, or that is not the current password.")
    });
    show.security = signed_in();
    post.security = serde_json::json!([{ "csrf": [], "session": [] }]);
    vec![show, post]
}

fn reset(by_mail: bool) -> Vec<Operation> {
    let show = page("passwordResetPage", "The form of whoever forgot their password.").takes(vec![
        query(CALLBACK_URL_FIELD, "Where to go afterwards."),
        query("error", "What went wrong before."),
        query("sent", "A mail is on its way."),
    ]);
    let post = Operation::post(
        "requestPasswordReset",
        "Sends a mail to this address: a link, or that there is no account. The answer is the same.",
    )
    .fields(vec![("email", address("The address."))])
    .led("Where to go next.")
    .answers(refused);
    if by_mail { vec![show, post] } else { vec![show] }
}

fn link(shortest: usize) -> Vec<Operation> {
    let show =
        Operation::get("newPasswordPage", "Where the link of that mail leads: a form. Spends nothing.")
            .takes(vec![query("token", "The token in the mail."), query("email", "The address it went to.")])
            .answers(|answers| {
                let answers = answers.with(200, "The page.", Body::Page).redirect(GONE);
                answers.redirect_as_json(403, GONE).later()
            });
    let post = Operation::post(
        "setPassword",
        "Sets the password, proves the address and ends all sessions. Signs nobody in.",
    )
    .fields(vec![
        ("email", text("The address that the mail went to.")),
        ("token", text("The token in the mail.")),
        ("newPassword", new_password(shortest)),
    ])
    .led("To the sign-in page.")
    .answers(|answers| refused(answers).redirect_as_json(403, GONE).redirect_as_json(403, DISABLED));
    vec![show, post]
}

fn refused(answers: Answers) -> Answers {
    answers.with(400, UNFIT, Body::Page).redirect_as_json(400, UNFIT)
}

fn signed_in() -> Value {
    serde_json::json!([{}, { "session": [] }])
}
