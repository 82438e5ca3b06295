//! OpenTelemetry: what a request waited for, told to a collector by OTLP. Feature `otel`; without it there is a type that
//! nobody can make, so the rest of the program asks no questions.

#[cfg(not(feature = "otel"))]
mod absent;
#[cfg(feature = "otel")]
mod otlp;
#[cfg(feature = "otel")]
mod spans;

#[cfg(not(feature = "otel"))]
pub(crate) use absent::Traces;
#[cfg(feature = "otel")]
pub(crate) use otlp::Traces;

/// Whether a trace that a request says it belongs to is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// A listed proxy said so.
    Believed,
    /// Anybody may have.
    Ignored,
}
