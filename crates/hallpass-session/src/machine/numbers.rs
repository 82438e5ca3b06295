//! The machine's inputs and outputs as numbers: the only form in which it takes and gives them. What Rust code sees
//! ([`Input`], [`Outputs`]) is translated here, and JavaScript hands numbers in and gets numbers.

use super::{ABORT, FETCH, FRESH, Machine, RENDER, SETTLED, TAKE, TELL_OLD_CLIENTS};
use crate::message::Flat;
use crate::who::Who;
use crate::{Input, Millis, Options, Outputs, Payload, Session, Settled, Status};

/// An input. `packages/hallpass` writes these by itself: see `machine.d.ts` there.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// Which input, in the order of [`Input`].
    pub kind: u32,
    /// Who is signed in, in the lowest two bits: 0 nobody, 1 somebody, 2 not known. For a message: 4, if it brought the
    /// payload, and its own number above. For options: 1, if focus updates; 2, if polls go on without a network.
    pub bits: u32,
    /// A session's version. For options: `burst`.
    pub version: u32,
    /// A request's number, a message's stamp, `client_max_age`.
    pub a: f64,
    /// How long a session lives, a message's time span, `keep_alive`.
    pub b: f64,
}

const SOMEBODY: u32 = 1;
const UNKNOWN: u32 = 2;
const PAYLOAD: u32 = 4;
const MESSAGE: u32 = 3;

impl Numbers {
    const fn just(kind: u32) -> Self {
        Self { kind, bits: 0, version: 0, a: 0.0, b: 0.0 }
    }

    fn with(kind: u32, session: Option<Session>) -> Self {
        let Some(Session { version, lives }) = session else { return Self::just(kind) };
        Self { kind, bits: SOMEBODY, version, a: 0.0, b: lives }
    }

    fn who(&self) -> Who {
        if self.bits & SOMEBODY != 0 {
            Who::somebody(self.version)
        } else if self.bits & UNKNOWN != 0 {
            Who::UNKNOWN
        } else {
            Who::NOBODY
        }
    }
}

impl Input {
    pub(super) fn numbers(self) -> Numbers {
        match self {
            Self::Mounted(Some(session)) => Numbers::with(0, session),
            Self::Mounted(None) => Numbers { bits: UNKNOWN, ..Numbers::just(0) },
            Self::Unmounted => Numbers::just(1),
            Self::Refresh => Numbers::just(2),
            Self::Answered { request, session } => {
                Numbers { a: f64::from(request), ..Numbers::with(3, session) }
            }
            Self::Failed { request } => Numbers { a: f64::from(request), ..Numbers::just(4) },
            Self::Changing => Numbers::just(5),
            Self::Changed => Numbers::just(6),
            Self::Unchanged => Numbers::just(7),
            Self::SignedOut => Numbers::just(8),
            Self::Updated(session) => Numbers::with(9, session),
            Self::Heard(message, payload) => {
                let flat = message.flat();
                let version = flat.who.version();
                let here = if payload == Payload::Here { PAYLOAD } else { 0 };
                let bits = version.map_or(0, |_| SOMEBODY) | here | flat.kind << MESSAGE;
                Numbers { kind: 10, bits, version: version.unwrap_or(0), a: flat.stamp, b: flat.span }
            }
            Self::HeardOldClient => Numbers::just(11),
            Self::Focused => Numbers::just(12),
            Self::Blurred => Numbers::just(13),
            Self::Visible => Numbers::just(14),
            Self::Hidden => Numbers::just(15),
            Self::Resumed => Numbers::just(16),
            Self::Online => Numbers::just(17),
            Self::Offline => Numbers::just(18),
            Self::Woke => Numbers::just(19),
            Self::Configured(options) => Numbers {
                kind: 20,
                bits: u32::from(options.on_focus) | u32::from(options.when_offline) << 1,
                version: (options.burst as i32).cast_unsigned(),
                a: options.client_max_age,
                b: options.keep_alive,
            },
        }
    }
}

/// What there is to do, as far as it is no bit.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// How long to sleep.
    pub wake: Millis,
    /// The number of the request to make.
    pub request: f64,
    /// The stamp of the message to tell.
    pub stamp: f64,
    /// Its time span.
    pub span: Millis,
    /// Its version, if it names somebody: a signed number with the same bits.
    pub version: f64,
}

impl Machine {
    /// As [`Machine::handle`], for a border that numbers cross. What to do is told by [`Machine::bits`] and
    /// [`Self::rest`]. Numbers of no meaning do nothing but pass the time.
    pub fn handle_numbers(&mut self, input: Numbers, now: Millis) {
        self.begin(now);
        let Numbers { kind, bits, a, b, .. } = input;
        let who = input.who();
        let lives = if who.is_somebody() { b } else { 0.0 };
        match kind {
            0 => self.mount(who, lives),
            1 => self.mounted = false,
            2 => self.refresh(),
            3 => self.answered(a, who, lives),
            4 => self.failed(a),
            5 => self.hold(),
            6 => self.changed(),
            7 => self.asking.held_until = 0.0,
            8 => self.signed_out(),
            9 => self.updated(who, lives),
            10 => {
                let message = Flat { kind: bits >> MESSAGE, stamp: a, who, span: b };
                self.hear(message, bits & PAYLOAD != 0);
            }
            11 => self.have_settled(),
            12 => self.noticed(),
            13 => self.left(),
            14 => {
                self.visible = true;
                self.noticed();
            }
            15 => self.visible = false,
            16 => self.want_if_read(),
            17 => self.back_online(),
            18 => self.online = false,
            19 => self.clock.rang(),
            20 => {
                self.options.choose(Options {
                    client_max_age: a,
                    keep_alive: b,
                    burst: f64::from(input.version.cast_signed()),
                    on_focus: bits & 1 != 0,
                    when_offline: bits & 2 != 0,
                });
            }
            _ => {}
        }
        self.end();
    }

    /// What there is to do.
    pub(super) fn outputs(&self) -> Outputs {
        let says = |bit: u32| self.said & bit != 0;
        let settled = if says(FRESH) { Settled::Fresh } else { Settled::Failed };
        Outputs {
            abort: says(ABORT),
            fetch: says(FETCH).then_some(self.asking.requests as u32),
            take: says(TAKE),
            tell: self.tell.message(),
            tell_old_clients: says(TELL_OLD_CLIENTS),
            render: says(RENDER),
            settled: says(SETTLED).then_some(settled),
            wake: self.wake,
        }
    }

    /// Bits 0 to 6: what there is to do, see above. 8 and 9: the status, 0 loading, 1 authenticated, 2 unauthenticated.
    /// 10: stale. 12 to 14: the number of the message to tell, zero for none. 15: that message names somebody.
    #[must_use]
    pub fn bits(&self) -> u32 {
        let status = match self.known.who.status() {
            Status::Loading => 0,
            Status::Authenticated => 1,
            Status::Unauthenticated => 2,
        };
        self.said
            | status << 8
            | u32::from(self.known.stale) << 10
            | self.tell.kind << 12
            | u32::from(self.tell.who.is_somebody()) << 15
    }

    /// The numbers that do not fit into [`Self::bits`].
    #[must_use]
    #[inline(always)]
    pub fn rest(&self) -> Rest {
        let Flat { stamp, span, who, .. } = self.tell;
        Rest { wake: self.wake, request: self.asking.requests, stamp, span, version: who.number() }
    }
}
