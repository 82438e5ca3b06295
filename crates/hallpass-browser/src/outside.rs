//! A component that asks for the session where nothing around it keeps one: a mistake of the application, told to who runs it.

use std::sync::Once;

/// Says, once, that a component asks for the session outside of the one of this name that keeps it: to the console of the page; on
/// a server, to the standard error.
#[doc(hidden)]
pub fn outside_of_provider(provider: &str) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| tell(&text(provider)));
}

fn text(provider: &str) -> String {
    format!(
        "[hallpass] use_session(), or a component that stands on it such as SignedIn, is used outside of {provider}, so it knows \
         nothing: put {provider} around the components that ask for the session."
    )
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn tell(text: &str) {
    web_sys::console::error_1(&text.into());
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
#[allow(clippy::print_stderr, reason = "a mistake of the application, told to who runs it")]
fn tell(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_that_is_missing_is_named_as_its_framework_writes_it() {
        let told = text("<SessionProvider>");
        assert!(told.contains("is used outside of <SessionProvider>,"), "{told}");
        assert!(told.contains("put <SessionProvider> around"), "{told}");
    }
}
