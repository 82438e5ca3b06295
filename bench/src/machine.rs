//! What kind of machine this is, in words.

use std::fs;

/// Instructions that what is measured makes use of: AES-GCM, SHA-256, copying and comparing.
const TELLING: [&str; 6] = ["aes", "vaes", "pclmulqdq", "sha_ni", "avx2", "avx512f"];

pub(crate) fn in_words() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key: &str| {
        let line = info.lines().find(|line| line.split(':').next().is_some_and(|name| name.trim() == key));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = value("model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let flags = value("flags").or_else(|| value("Features")).unwrap_or_default();
    let has = |flag: &&str| flags.split(' ').any(|known| known == *flag);
    let telling: Vec<&str> = TELLING.into_iter().filter(has).collect();
    let place = if has(&"hypervisor") { "virtual" } else { "not virtual" };
    format!("{cores} cores of {model}, {place}; {}; Linux", telling.join(" "))
}

/// How many processes wanted to run in the last minute, on average.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", load.split(' ').next().unwrap_or("unknown"))
}

/// The day, as `2026-11-23`.
pub(crate) fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}
