//! The operations: what each action is for, what it takes, what it answers.

mod passwords;

use hallpass_oauth::ResponseMode;
use hallpass_wire::{Action, CALLBACK_URL_FIELD, CSRF_FIELD, ErrorCode, JSON_FIELD, RETURN_REDIRECT_HEADER};
use serde_json::{Map, Value, json};

use super::answers::{Answers, Body, COOKIES, CSRF, LOCATION};
use super::schemas::csrf_token;
use crate::config::{BadCallbackUrl, Bearer, OtherBrowser, Setup, SignUp, Way};
use crate::exchange::Verb;
use crate::password::MAX_PASSWORD_BYTES;
use crate::relying_party::RelyingParty;

/// One verb of one path.
pub(super) struct Operation {
    pub(super) verb: Verb,
    id: &'static str,
    about: &'static str,
    parameters: Vec<Value>,
    /// The fields of the body beside those that every form has.
    fields: Vec<(String, Value)>,
    wants: Wants,
    /// Whether nobody, or somebody who is signed in, may ask.
    security: Value,
    answers: Answers,
}

/// Whether a form has to carry the anti-forgery token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// It has to.
    Token,
    /// It has to, unless a provider's page made it.
    TokenOfOurOwn,
    /// It carries none.
    Nothing,
}

/// The operations of an action: none where this hallpass has no use for it.
pub(super) fn of(setup: &Setup, action: Action<'_>) -> Vec<Operation> {
    let operations = listed(setup, action);
    if !action.leads_on() || setup.bad_callback_url == BadCallbackUrl::LeadHome {
        return operations;
    }
    let about = "The `callbackUrl` is not of this site.";
    let refusing = |answers: Answers| {
        let answers = answers.with(400, about, Body::Sentence).with(400, about, Body::Page);
        answers.redirect_as_json(400, about)
    };
    operations.into_iter().map(|operation| operation.answers(refusing)).collect()
}

fn listed(setup: &Setup, action: Action<'_>) -> Vec<Operation> {
    match action {
        Action::Session => session(setup),
        Action::Csrf => vec![csrf()],
        Action::Providers => vec![providers()],
        Action::SignIn(None) => vec![page("signInPage", "The sign-in page.").takes(vec![
            query(CALLBACK_URL_FIELD, "Where to go afterwards."),
            query("error", "What went wrong before."),
        ])],
        Action::SignIn(Some(_)) => sign_in(setup),
        Action::SignUp => sign_up(setup),
        Action::Password | Action::PasswordReset | Action::NewPassword => passwords::of(setup, action),
        Action::Callback(_) => callback(setup),
        Action::SignOut => sign_out(),
        Action::VerifyRequest => vec![verify_request(setup)],
        Action::Error(None) => vec![error("errorPage").takes(vec![query("error", "A code.")])],
        Action::Error(Some(_)) => vec![
            error("errorPageOfCode").takes(vec![in_path("code", &ErrorCode::ALL.map(ErrorCode::as_str))]),
        ],
        Action::Log => vec![log()],
        Action::Token | Action::Jwks if setup.signer.is_none() => Vec::new(),
        Action::Token => vec![token()],
        Action::Jwks => vec![jwks()],
        Action::ProviderToken(_) if setup.application_secret.is_none() => Vec::new(),
        Action::ProviderToken(_) => vec![provider_token(setup)],
        Action::OpenApi => vec![openapi()],
    }
}

impl Operation {
    fn get(id: &'static str, about: &'static str) -> Self {
        let answers = Answers::of_any();
        Self {
            verb: Verb::Get,
            id,
            about,
            parameters: Vec::new(),
            fields: Vec::new(),
            wants: Wants::Token,
            security: json!([]),
            answers,
        }
    }

    /// A form of ours: it wants the anti-forgery token, and says where to go.
    fn post(id: &'static str, about: &'static str) -> Self {
        let answers = Answers::of_any_with_body().own_site_only().later();
        Self {
            verb: Verb::Post,
            parameters: vec![json!({
                "name": RETURN_REDIRECT_HEADER, "in": "header", "schema": { "type": "string" },
                "description": "With any value: redirects come as JSON, as Auth.js 5 asks for them.",
            })],
            security: json!([{ "csrf": [] }]),
            ..Self::get(id, about)
        }
        .answers(|_| answers)
    }

    fn takes(mut self, parameters: Vec<Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    fn fields(mut self, fields: Vec<(&'static str, Value)>) -> Self {
        self.fields.extend(fields.into_iter().map(|(name, about)| (name.to_owned(), about)));
        self
    }

    fn answers(mut self, more: impl FnOnce(Answers) -> Answers) -> Self {
        self.answers = more(self.answers);
        self
    }

    /// A POST without the token is led to the page that asks again.
    fn led(self, about: &'static str) -> Self {
        self.answers(|answers| answers.redirect(about).header(302, CSRF).header(200, CSRF))
    }

    pub(super) fn json(self) -> Value {
        let mut json = json!({
            "operationId": self.id,
            "summary": self.about,
            "security": self.security,
            "parameters": self.parameters,
            "responses": self.answers.json(),
        });
        if self.verb == Verb::Post {
            json["requestBody"] = body(self.wants, self.fields);
        }
        json
    }
}

/// A form or JSON with these fields, and those that every form of ours has.
fn body(wants: Wants, fields: Vec<(String, Value)>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if wants != Wants::Nothing {
        properties.insert(CSRF_FIELD.into(), csrf_token());
        properties.insert(CALLBACK_URL_FIELD.into(), json!({
            "type": "string", "description": "Where to go afterwards: of this site, else the site itself.",
        }));
        properties.insert(
            JSON_FIELD.into(),
            json!({
                "enum": ["true"], "description": "Redirects come as JSON, as next-auth 3 and 4 ask for them.",
            }),
        );
        required.extend((wants == Wants::Token).then_some(CSRF_FIELD));
    }
    properties.extend(fields);
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({
        "required": !required.is_empty(),
        "content": {
            "application/x-www-form-urlencoded": { "schema": schema },
            "application/json": { "schema": schema },
        },
    })
}

fn query(name: &str, about: &str) -> Value {
    json!({ "name": name, "in": "query", "description": about, "schema": { "type": "string" } })
}

fn in_path(name: &str, values: &[&str]) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "enum": values } })
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

fn address(about: &str) -> Value {
    json!({ "type": "string", "format": "email", "description": about })
}

fn new_password(shortest: usize) -> Value {
    json!({ "type": "string", "minLength": shortest, "maxLength": MAX_PASSWORD_BYTES, "description": "The password." })
}

/// A page, ours or the application's own, or as JSON what cannot be shown at the moment.
fn page(id: &'static str, about: &'static str) -> Operation {
    Operation::get(id, about).answers(|answers| {
        answers.with(200, "The page.", Body::Page).redirect("To the application's own page.").later()
    })
}

fn session(setup: &Setup) -> Vec<Operation> {
    let somebody = |answers: Answers| {
        answers.with(200, "Somebody who is signed in, or nobody.", Body::Json("Session")).with(
            200,
            "Somebody who is signed in, or nobody.",
            Body::Json("Nobody"),
        )
    };
    let mut get =
        Operation::get("getSession", "Who is signed in. Prolongs the session where it is old enough.")
            .answers(|answers| somebody(answers).header(200, CSRF).later());
    get.security = match setup.session.bearer {
        Bearer::Refused => json!([{}, { "session": [] }]),
        Bearer::Read => json!([{}, { "session": [] }, { "bearer": [] }]),
    };
    let mut post =
        Operation::post("updateSession", "The session with its user as the store knows them at this moment.")
            .answers(|answers| {
                somebody(answers).with(
                    400,
                    "The anti-forgery token is missing or does not fit.",
                    Body::Json("Nobody"),
                )
            });
    post.security = json!([{ "csrf": [] }, { "csrf": [], "session": [] }]);
    vec![get, post]
}

fn csrf() -> Operation {
    Operation::get("getCsrfToken", "The anti-forgery token, and its cookie where there is none.")
        .answers(|answers| answers.with(200, "The token.", Body::Json("CsrfToken")).later())
}

fn providers() -> Operation {
    Operation::get("getProviders", "Which ways to sign in there are.")
        .answers(|answers| answers.bare().with(200, "The ways in, by id.", Body::Json("Providers")))
}

fn sign_in(setup: &Setup) -> Vec<Operation> {
    let all = ids(setup, |_| true);
    let show = page("signInPageOfProvider", "The sign-in page.").takes(vec![in_path("provider", &all)]);
    if all.is_empty() {
        return Vec::new();
    }
    let start = Operation::post("signIn", "Starts a sign-in: leads to the provider, or sends a mail.")
        .takes(vec![in_path("provider", &all)])
        .fields(vec![("email", address("For `email`: whom to send the link."))])
        .led("Where to go next.")
        .answers(|answers| answers.redirect_as_json(403, "This person may not sign in."))
        .answers(
            |answers| if asks(setup) { answers.with(200, CODE, Body::Json("LinkSent")) } else { answers },
        );
    vec![show, start]
}

/// Whether a mail link asks for a code in a browser that did not ask for it.
fn asks(setup: &Setup) -> bool {
    setup.email.as_ref().is_some_and(|email| email.other_browser == OtherBrowser::AskForCode)
}

const CODE: &str =
    "For `email`: the mail was sent, and this is the code that its link asks for in another browser.";

fn verify_request(setup: &Setup) -> Operation {
    let page = page("verifyRequestPage", "“Check your mail.”");
    if !asks(setup) {
        return page;
    }
    page.takes(vec![json!({
        "name": RETURN_REDIRECT_HEADER, "in": "header", "schema": { "type": "string" },
        "description": "With any value: JSON with the code of the link that this browser asked for last, if there is one.",
    })])
    .answers(|answers| answers.with(200, CODE, Body::Json("LinkSent")))
}

fn sign_up(setup: &Setup) -> Vec<Operation> {
    let open = setup.passwords.as_ref().filter(|passwords| passwords.sign_up == SignUp::Open);
    let Some(passwords) = open else { return Vec::new() };
    let about = "What was typed cannot be used.";
    let post = Operation::post("signUp", "Makes a user with a password, and signs them in.")
        .fields(vec![
            ("email", address("The address.")),
            ("password", new_password(passwords.min_length)),
            ("name", text("What to call them.")),
        ])
        .led("Where to go next.")
        .answers(|answers| answers.with(400, about, Body::Page).redirect_as_json(400, about));
    vec![page("signUpPage", "The form for a new user."), post]
}

fn callback(setup: &Setup) -> Vec<Operation> {
    let mut operations = Vec::new();
    let come_back = ids(setup, |way| matches!(way, Way::Oauth(_) | Way::Email(_)));
    if !come_back.is_empty() {
        let get = Operation::get(
            "callback",
            "Where a provider sends the browser back to, and where the link in a mail leads: that shows a button and spends nothing.",
        )
        .takes(vec![
            in_path("provider", &come_back),
            query("code", "The provider's code."),
            query("state", "What the sign-in was started with."),
            query("iss", "Who the provider says it is (RFC 9207)."),
            query("error", "Why the provider refuses."),
            query("posted", "What the provider posted, sealed."),
            query("token", "The token in the mail."),
            query("email", "The address that the mail went to."),
        ])
        .led("Signed in, or what went wrong.")
        .answers(|answers| {
            let answers = answers.with(200, "For `email`: the page with the button.", Body::Page);
            answers.redirect_as_json(403, "This person may not sign in.").later()
        });
        operations.push(get);
    }
    let post_back = ids(setup, |way| !matches!(way, Way::Oauth(_)) || is_posted(way));
    if !post_back.is_empty() {
        let posted = ids(setup, is_posted);
        let mut post = post_callback(&post_back, !posted.is_empty());
        for way in &setup.credentials {
            for field in &way.fields {
                // A name that stands there already is told by what it is for hallpass itself.
                if !post.fields.iter().any(|(name, _)| *name == field.name) {
                    let about = text(&format!("For `{}`: {}.", way.id, field.label));
                    post.fields.push((field.name.clone(), about));
                }
            }
        }
        operations.push(post);
    }
    operations
}

/// Whether the answers of this way come as a form that another site's page posts.
fn is_posted(way: Way<'_>) -> bool {
    let mode = |party: &RelyingParty| party.client().provider().response_mode;
    matches!(way, Way::Oauth(party) if mode(party) == ResponseMode::FormPost)
}

fn post_callback(ids: &[&str], posted: bool) -> Operation {
    let mut post = Operation::post(
        "postCallback",
        "Signs in with credentials, or with the button behind the link of a mail.",
    )
    .takes(vec![in_path("provider", ids)])
    .fields(vec![
        ("email", text("The address.")),
        ("password", text("For `credentials`: the password.")),
        ("token", text("For `email`: the token in the mail.")),
        ("code", text("For `email`, in a browser that did not ask for the mail: the code that the asking one shows.")),
    ])
    .led("Signed in, or what went wrong.")
    .answers(|answers| {
        let about = "For `email`: this is not the code.";
        let answers = answers.with(403, about, Body::Page);
        let answers = answers.redirect_as_json(401, "Unknown user or wrong password.");
        answers.redirect_as_json(403, "This person may not sign in.")
    });
    if posted {
        post.about = "Signs in with credentials, or with the button behind the link of a mail; or passes on what a provider posts, \
                      which needs no anti-forgery token.";
        post = post.fields(vec![
            ("code", text("The provider's code.")),
            ("state", text("What the sign-in was started with.")),
            ("iss", text("Who the provider says it is (RFC 9207).")),
            ("error", text("Why the provider refuses.")),
        ]);
        post.wants = Wants::TokenOfOurOwn;
        post.security = json!([{}, { "csrf": [] }]);
        post = post.answers(|answers| {
            answers
                .empty(303, "On to the same path with GET, with what was posted sealed in its query.")
                .header(303, LOCATION)
        });
    }
    post
}

fn sign_out() -> Vec<Operation> {
    let post = Operation::post("signOut", "Ends the session.").led("Where to go next.");
    vec![page("signOutPage", "Asks whether to sign out."), post]
}

fn error(id: &'static str) -> Operation {
    page(id, "Why somebody is not signed in.").answers(|answers| {
        answers
            .with(403, "The page for what is not allowed, or not good any more.", Body::Page)
            .with(500, "The page for a server that is not set up right.", Body::Page)
            .redirect("What the sign-in page can say itself.")
    })
}

fn log() -> Operation {
    let mut post = Operation::post(
        "reportClientError",
        "Where clients report their errors. Takes the code and nothing else.",
    )
    .fields(vec![("code", text("Which error."))]);
    (post.security, post.wants) = (json!([]), Wants::Nothing);
    post.answers = Answers::of_any().empty(200, "Taken, or passed over.").with(
        408,
        "The body took too long to come. Only the program says so, not the library.",
        Body::Sentence,
    );
    post.parameters.clear();
    post
}

fn token() -> Operation {
    let mut get =
        Operation::get("getToken", "Who is signed in, signed for an API: a token for a few minutes.")
            .answers(|answers| {
                answers
                    .bare()
                    .with(200, "The token.", Body::Json("SignedToken"))
                    .header(200, COOKIES)
                    .with(401, "Nobody is signed in.", Body::Json("Message"))
                    .own_site_only()
                    .later()
            });
    get.security = json!([{ "session": [] }]);
    get
}

fn jwks() -> Operation {
    Operation::get(
        "getJwks",
        "The public keys of signed tokens. Also at `/.well-known/jwks.json` below the base path.",
    )
    .answers(|answers| answers.bare().with(200, "The keys (RFC 7517 §5).", Body::Json("Jwks")))
}

fn provider_token(setup: &Setup) -> Operation {
    let all = setup.oauth.iter().map(|party| party.id()).collect::<Vec<_>>();
    let mut get = Operation::get(
        "getProviderToken",
        "What asks a provider in the name of whoever is signed in. For the application's server, never for a browser.",
    )
    .takes(vec![in_path("provider", &all)])
    .answers(|answers| {
        answers
            .bare()
            .with(200, "The token, good for a minute at least.", Body::Json("ProviderToken"))
            .with(401, "Nobody is signed in.", Body::Json("Message"))
            .with(403, "The secret is not shown, or is another.", Body::Json("Message"))
            .with(404, "No token of this provider is kept for this user.", Body::Json("Message"))
            .with(409, "The person has to sign in with the provider again.", Body::Json("Message"))
    });
    get.security = json!([{ "session": [], "application": [] }]);
    get
}

fn openapi() -> Operation {
    Operation::get("getOpenApi", "This document.")
        .answers(|answers| answers.bare().with(200, "OpenAPI 3.1.", Body::Json("OpenApi")))
}

/// The ids of the ways that are meant, in the order of the sign-in page.
fn ids(setup: &Setup, meant: impl Fn(Way<'_>) -> bool) -> Vec<&str> {
    let oauth = setup.oauth.iter().map(|party| party.id());
    let email = setup.email.iter().map(|_| crate::config::EMAIL);
    let password = setup.passwords.iter().map(|_| crate::config::PASSWORD);
    let own = setup.credentials.iter().map(|way| way.id.as_str());
    let all = oauth.chain(email).chain(password).chain(own);
    all.filter(|id| setup.way(id).is_some_and(&meant)).collect()
}
