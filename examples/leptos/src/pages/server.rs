//! `/server`: signing in and out by server functions.

use hallpass_leptos::refresh;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::sign_in::words;

/// Signs in as the form of the sign-in page does, within the process. Afterwards the page is `/server`, and says what went wrong.
///
/// # Errors
///
/// hallpass cannot be asked.
#[server(prefix = "/fn", endpoint = "enter")]
pub async fn enter(email: String, password: String) -> Result<(), ServerFnError> {
    let visitor: hallpass::Visitor = hallpass_leptos::server::extract().await?;
    let fields = [("email", email.as_str()), ("password", password.as_str())];
    match visitor.sign_in("credentials", &fields, "/server").await {
        Ok(_) => leptos_axum::redirect("/server"),
        Err(error) => leptos_axum::redirect(&format!("/server?error={}", error.code())),
    }
    Ok(())
}

/// Signs out.
///
/// # Errors
///
/// hallpass cannot be asked.
#[server(prefix = "/fn", endpoint = "leave")]
pub async fn leave() -> Result<(), ServerFnError> {
    let visitor: hallpass::Visitor = hallpass_leptos::server::extract().await?;
    match visitor.sign_out("/server").await {
        Ok(_) => leptos_axum::redirect("/server"),
        Err(error) => leptos_axum::redirect(&format!("/server?error={}", error.code())),
    }
    Ok(())
}

/// Two forms, which do without JavaScript too.
#[component]
pub fn Server() -> impl IntoView {
    let (entering, leaving) = (ServerAction::<Enter>::new(), ServerAction::<Leave>::new());
    let answers = move || (entering.value().get(), leaving.value().get());
    // The page has not seen what the server did: it asks, and every tab learns of it.
    Effect::new(move |_| {
        if answers() != (None, None) {
            refresh();
        }
    });
    let query = use_query_map();
    let problem = move || {
        let unreachable = matches!(answers(), (Some(Err(_)), _) | (_, Some(Err(_))));
        if unreachable { Some("FetchError".to_owned()) } else { query.read().get("error") }
    };
    view! {
        <h1>"On the server"</h1>
        <p>"These forms call server functions. They sign in and out on the server, and every tab follows."</p>
        {move || problem().map(|code| view! { <p role="alert">{words(&code)}</p> })}
        <ActionForm action=entering attr:class="card">
            <label for="email">"E-mail"</label>
            <input id="email" name="email" type="email" autocomplete="username" required />
            <label for="password">"Password"</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required />
            <button disabled=entering.pending()>"Sign in on the server"</button>
        </ActionForm>
        <ActionForm action=leaving attr:class="card">
            <button class="quiet" disabled=leaving.pending()>"Sign out on the server"</button>
        </ActionForm>
    }
}
