//! Reads a recording.

use std::collections::BTreeMap;

/// A request and what was answered.
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: String,
    pub(super) headers: Vec<(String, String)>,
    /// What is compared, by name.
    pub(super) answer: BTreeMap<String, String>,
}

impl Exchange {
    /// The request in short.
    pub(super) fn request(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method)
    }
}

/// The exchanges, in order.
pub(super) fn recording(text: &str) -> Vec<Exchange> {
    let site = site(text);
    let text = text.replace(&site, "{site}").replace(&encoded(&site), "{site%}");
    // Their provider was a path of the same server, without TLS, which is refused here.
    let text = text.replace("{site}/fake/", "https://provider.example/fake/");
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut json = false;
    for line in text.lines() {
        if let Some(request) = line.strip_prefix("> ") {
            exchanges.push(exchange(request));
        } else if let Some(answer) = line.strip_prefix("< ") {
            let last = &mut exchanges.last_mut().unwrap().answer;
            if let Some(cookie) = answer.trim().strip_prefix("set-cookie: ") {
                add_cookie(last, cookie);
            } else if let Some(body) = answer.trim_start().strip_prefix("body: ") {
                if json && !body.is_empty() {
                    last.insert("json".into(), json_fact(body));
                }
            } else {
                json = answer.contains("ct=application/json");
                last.extend(status_line(answer));
            }
        }
    }
    exchanges
}

/// The origin of the server that was recorded.
fn site(text: &str) -> String {
    let start = text.find("http%3A%2F%2Flocalhost%3A").unwrap() + "http%3A%2F%2Flocalhost%3A".len();
    format!("http://localhost:{}", &text[start..start + 4])
}

fn encoded(site: &str) -> String {
    site.replace(':', "%3A").replace('/', "%2F")
}

/// `METHOD target  body: … hdr {…}`.
fn exchange(line: &str) -> Exchange {
    let (line, headers) = line.split_once(" hdr ").unwrap_or((line, "{}"));
    let (line, body) = line.split_once("  body: ").unwrap_or((line, ""));
    let (method, target) = line.split_once(' ').unwrap();
    let headers: BTreeMap<String, String> = serde_json::from_str(headers).unwrap();
    Exchange {
        method: method.to_owned(),
        path: target.trim().trim_start_matches("{site}").to_owned(),
        body: body.to_owned(),
        headers: headers.into_iter().collect(),
        answer: BTreeMap::new(),
    }
}

/// `STATUS ct=… loc=… cc=…`.
fn status_line(line: &str) -> Vec<(String, String)> {
    let (status, rest) = line.split_once(' ').unwrap();
    let location = rest.split_once("loc=").unwrap().1.split(" cc=").next().unwrap();
    let mut facts = vec![("status".to_owned(), status.to_owned())];
    if location != "null" {
        facts.push(("location".into(), url_fact(location)));
    }
    facts
}

/// Adds what a `Set-Cookie` says. A name that is set twice is seen.
pub(super) fn add_cookie(facts: &mut BTreeMap<String, String>, line: &str) {
    let (name, said) = cookie_fact(line);
    let known = facts.entry(name).or_default();
    let before = std::mem::take(known);
    *known = if before.is_empty() { said } else { format!("{before} + {said}") };
}

/// A cookie's name, and its attributes without their moments. Its value is one of them, where it is not random.
fn cookie_fact(line: &str) -> (String, String) {
    let (name, rest) = line.split_once('=').unwrap();
    let mut parts = rest.split("; ");
    let value = match parts.next().unwrap_or_default() {
        "" => "cleared",
        url if name.ends_with("callback-url") => url,
        _ => "set",
    };
    let attribute = |part: &str| if part.starts_with("Expires=") { "Expires" } else { part }.to_owned();
    let mut attributes: Vec<String> = parts.map(attribute).collect();
    attributes.sort();
    (format!("cookie {}", transaction(name)), format!("{value}; {}", attributes.join("; ")))
}

/// Every transaction of ours has a cookie named after itself.
fn transaction(name: &str) -> String {
    name.split_once(".state.").map_or_else(|| name.to_owned(), |(brand, _)| format!("{brand}.state.…"))
}

/// JSON, with what is random or a moment taken out.
pub(super) fn json_fact(text: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
    if let Some(object) = value.as_object_mut() {
        for (name, value) in object {
            match name.as_str() {
                "csrfToken" | "expires" | "accessToken" => *value = format!("{{{name}}}").into(),
                "url" => *value = url_fact(value.as_str().unwrap()).into(),
                _ => {}
            }
        }
    }
    value.to_string()
}

/// A URL with its parameters in order, and with what is random in them taken out.
pub(super) fn url_fact(url: &str) -> String {
    let url = url.replace("{site%}", "%7Bsite%7D");
    let Some((page, query)) = url.split_once('?') else { return url };
    let mut pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name @ ("state" | "code_challenge" | "nonce"), _)) => format!("{name}={{random}}"),
            _ => pair.replace("%7Bsite%7D", "{site%}"),
        })
        .collect();
    pairs.sort();
    format!("{page}?{}", pairs.join("&"))
}
