//! What a webhook is told, in the shapes of NextAuth.js's callbacks and events.

use hallpass::hooks::{Event, Object, Person, SessionContext, SigningIn, Stage, TokenContext, Trigger, Way};
use serde_json::{Value, json};

fn person(person: &Person<'_>) -> Value {
    let Person { id, name, email, email_verified, image } = person;
    json!({ "id": id, "name": name, "email": email, "emailVerified": email_verified, "image": image })
}

fn account(way: &Way<'_>) -> Value {
    json!({ "provider": way.provider, "type": way.kind.as_str() })
}

/// The token as a callback of NextAuth.js knows it: who it is of, and the application's own claims.
fn whole(claims: &Object, of: &Person<'_>) -> Object {
    let mut token = Object::new();
    for (name, value) in [("sub", of.id), ("name", of.name), ("email", of.email), ("picture", of.image)] {
        if let Some(value) = value {
            token.insert(name.to_owned(), value.into());
        }
    }
    token.extend(claims.clone());
    token
}

pub(super) fn signing_in(attempt: &SigningIn<'_>) -> Value {
    let SigningIn { person: who, way, stage } = attempt;
    let mut data = json!({ "user": person(who), "account": account(way), "isNewUser": *stage == Stage::New });
    if let Some(profile) = way.profile {
        data["profile"] = profile.clone();
    }
    if *stage == Stage::MailWanted {
        data["email"] = json!({ "verificationRequest": true });
    }
    data
}

/// `user`, `account` and `profile` are there at a sign-in only: callbacks tell by them whether it is one.
pub(super) fn token(claims: &Object, context: &TokenContext<'_>) -> Value {
    let mut data = json!({ "token": whole(claims, &context.person) });
    match context.trigger {
        Trigger::SignIn { way, stage } => {
            let new = stage == Stage::New;
            data["user"] = person(&context.person);
            data["account"] = account(&way);
            data["isNewUser"] = new.into();
            data["trigger"] = if new { "signUp" } else { "signIn" }.into();
            if let Some(profile) = way.profile {
                data["profile"] = profile.clone();
            }
        }
        Trigger::Update { data: sent } => {
            data["trigger"] = "update".into();
            data["session"] = sent.clone();
        }
        Trigger::Renewal => {}
    }
    data
}

pub(super) fn session(body: &Object, context: &SessionContext<'_>) -> Value {
    json!({
        "session": body,
        "token": whole(context.claims, &context.person),
        "user": person(&context.person),
    })
}

pub(super) fn event(event: &Event<'_>) -> Value {
    let mut data = json!({ "user": person(&event.person()) });
    match event {
        Event::SignIn { way, stage, .. } => {
            data["account"] = account(way);
            data["isNewUser"] = (*stage == Stage::New).into();
        }
        Event::LinkAccount { provider, provider_account_id, .. } => {
            data["account"] = json!({ "provider": provider, "providerAccountId": provider_account_id });
        }
        Event::SignOut { .. }
        | Event::CreateUser { .. }
        | Event::UpdateUser { .. }
        | Event::Session { .. } => {}
    }
    data
}
