//! Values of settings: from a text, from TOML, and back for showing.

use std::fmt;
use std::time::Duration;

use toml::de::DeValue;

use super::keys::Kind;

/// The value of a setting.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    Count(u64),
    Duration(Duration),
    List(Vec<String>),
}

/// Not said which: it may be a secret.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value([redacted])")
    }
}

impl Value {
    /// From an environment variable or a flag. `None` if it is not of this kind.
    pub(crate) fn from_text(kind: Kind, text: &str) -> Option<Self> {
        match kind {
            Kind::Text => Some(Self::Text(text.to_owned())),
            Kind::Choice(words) => words.contains(&text).then(|| Self::Text(text.to_owned())),
            Kind::Flag => match text {
                "true" | "1" => Some(Self::Flag(true)),
                "false" | "0" => Some(Self::Flag(false)),
                _ => None,
            },
            Kind::Count => text.parse().ok().map(Self::Count),
            Kind::Limit if text == "none" => Some(Self::Text(text.to_owned())),
            Kind::Duration | Kind::Limit => duration(text).map(Self::Duration),
            Kind::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(Self::List(parts.map(str::to_owned).collect()))
            }
        }
    }

    /// From the file. The error names the type that was found, never the value.
    pub(crate) fn from_toml(kind: Kind, value: &DeValue<'_>) -> Result<Self, String> {
        let found = || match (kind, value) {
            (Kind::Choice(_) | Kind::Duration | Kind::Limit, DeValue::String(text)) => format!("{text:?}"),
            _ => format!("a value of type {}", value.type_str()),
        };
        let parsed = match (kind, value) {
            (Kind::Text | Kind::Choice(_) | Kind::Duration | Kind::Limit, DeValue::String(text)) => {
                Self::from_text(kind, text)
            }
            (Kind::Count | Kind::Duration | Kind::Limit, DeValue::Integer(number)) => {
                let number = u64::from_str_radix(number.as_str(), number.radix()).ok();
                number.map(|number| match kind {
                    Kind::Count => Self::Count(number),
                    _ => Self::Duration(Duration::from_secs(number)),
                })
            }
            (Kind::Flag, DeValue::Boolean(flag)) => Some(Self::Flag(*flag)),
            (Kind::List, DeValue::Array(items)) => {
                let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
                texts.collect::<Option<Vec<_>>>().map(Self::List)
            }
            _ => None,
        };
        parsed.ok_or_else(found)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Flag(flag) => flag.fmt(f),
            Self::Count(number) => number.fmt(f),
            Self::Duration(duration) => f.write_str(&in_words(*duration)),
            Self::List(items) if items.is_empty() => f.write_str("none"),
            Self::List(items) => f.write_str(&items.join(", ")),
        }
    }
}

/// Seconds by unit, largest first.
const UNITS: [(&str, u64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// `90`, `90s`, `15m`, `12h`, `30d` or `2w`.
fn duration(text: &str) -> Option<Duration> {
    let with_unit = UNITS.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let (number, seconds) = with_unit.unwrap_or((text, 1));
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = plain.then(|| number.parse().ok())??;
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// The largest unit that divides it, weeks aside: `30d` rather than `2592000s`.
fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let unit = UNITS[1..].iter().find(|(_, size)| seconds > 0 && seconds.is_multiple_of(*size));
    let (unit, size) = unit.unwrap_or(&("s", 1));
    format!("{}{unit}", seconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("90"), Some(90));
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("15m"), Some(900));
        assert_eq!(seconds("12h"), Some(43_200));
        assert_eq!(seconds("30d"), Some(2_592_000));
        assert_eq!(seconds("2w"), Some(1_209_600));
        for wrong in
            ["", "d", "-1", "+1", "1.5h", "1 d", "30D", "1y", "99999999999999999999", "9999999999999999999w"]
        {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        for same in ["90s", "15m", "12h", "30d", "0s"] {
            assert_eq!(in_words(duration(same).unwrap()), same);
        }
    }

    #[test]
    fn a_flag_is_true_or_false() {
        assert_eq!(Value::from_text(Kind::Flag, "1"), Some(Value::Flag(true)));
        assert_eq!(Value::from_text(Kind::Flag, "false"), Some(Value::Flag(false)));
        for wrong in ["", "yes", "TRUE", "on"] {
            assert_eq!(Value::from_text(Kind::Flag, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_list_in_a_variable_is_separated_by_commas() {
        let list = Value::from_text(Kind::List, "10.0.0.0/8, ::1,");
        assert_eq!(list, Some(Value::List(vec!["10.0.0.0/8".into(), "::1".into()])));
    }

    #[test]
    fn a_value_is_not_debugged() {
        assert!(!format!("{:?}", Value::Text("hunter2".into())).contains("hunter2"));
    }
}
