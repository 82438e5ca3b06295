//! The rounds: hallpass and its peer in turns, case by case.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::Failure;
use crate::arguments::{Arguments, Plan};
use crate::browser::{Browser, exchange};
use crate::case::{CASES, Case, Cookies, Hooks};
use crate::fixed_answer;
use crate::hallpass::{Hallpass, Kit, Strategy, WEBHOOK};
use crate::load::Load;
use crate::message::Answer;
use crate::process::Process;

/// What one request cost in one round.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// CPU time of the server, in microseconds.
    pub(crate) micros: f64,
    pub(crate) per_second: f64,
}

/// What a case cost, round by round.
pub(crate) struct Costs {
    pub(crate) case: &'static Case,
    pub(crate) hallpass: Vec<Cost>,
    pub(crate) peer: Vec<Cost>,
}

/// A case, with both servers ready for it.
struct Contest<'a> {
    case: &'static Case,
    load: Arc<Load>,
    hallpass: (&'a Process, SocketAddr),
    peer: (Process, SocketAddr),
}

pub(crate) fn measure(kit: &Kit<'_>, arguments: &Arguments) -> Result<Vec<Costs>, Failure> {
    let plan = arguments.plan;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let (_application, webhook) = application(kit)?;
    let jwt = Signed::start(kit.start("jwt", Strategy::Jwt)?)?;
    let database = Signed::start(kit.start("database", Strategy::Database)?)?;
    let jwt_asking = Signed::start(kit.start_asking("jwt-asking", Strategy::Jwt, webhook)?)?;
    let database_asking = Signed::start(kit.start_asking("database-asking", Strategy::Database, webhook)?)?;
    let mut contests = Vec::new();
    for case in CASES.iter().filter(|case| case.name.contains(&arguments.only)) {
        let signed = match (case.strategy, case.hooks) {
            (Strategy::Jwt, Hooks::None) => &jwt,
            (Strategy::Database, Hooks::None) => &database,
            (Strategy::Jwt, Hooks::SignIn) => &jwt_asking,
            (Strategy::Database, Hooks::SignIn) => &database_asking,
        };
        contests.push(signed.contest(kit, case)?);
    }
    let fresh = |contest: &Contest<'_>| Costs { case: contest.case, hallpass: Vec::new(), peer: Vec::new() };
    let mut costs: Vec<Costs> = contests.iter().map(fresh).collect();
    for round in 0..=plan.rounds {
        eprintln!("round {round} of {}{}", plan.rounds, if round == 0 { ": warm-up" } else { "" });
        for (contest, costs) in contests.iter().zip(&mut costs) {
            let (hallpass, peer) = contest.round(&runtime, plan, round)?;
            if round > 0 {
                costs.hallpass.push(hallpass);
                costs.peer.push(peer);
            }
        }
    }
    Ok(costs)
}

/// The application behind the webhook: everybody is an editor.
fn application(kit: &Kit<'_>) -> Result<(Process, SocketAddr), Failure> {
    let body = br#"{"result":{"role":"editor","plan":"team"}}"#;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let bytes = [head.as_bytes(), body].concat();
    fixed_answer::start(kit.folder(), WEBHOOK, &Answer::read(&mut bytes.as_slice())?)
}

/// A hallpass, and a browser that is signed in there.
struct Signed {
    hallpass: Hallpass,
    browser: Browser,
}

impl Signed {
    fn start(hallpass: Hallpass) -> Result<Self, Failure> {
        // Somebody has signed out before: from then on every read has to look whether it is this session.
        let mut somebody = Browser::new(hallpass.address);
        somebody.sign_up("eve@example.com")?;
        somebody.sign_out()?;
        let mut browser = Browser::new(hallpass.address);
        browser.sign_up("ada@example.com")?;
        // A page after the sign-in, so that the browser holds every cookie that it is going to hold.
        browser.get("/session")?;
        Ok(Self { hallpass, browser })
    }

    fn contest(&self, kit: &Kit<'_>, case: &'static Case) -> Result<Contest<'_>, Failure> {
        let request = match case.cookies {
            Cookies::SignedIn => self.browser.bytes(case.path),
            Cookies::SignedOut => self.browser.signed_out().bytes(case.path),
            Cookies::None => Browser::new(self.hallpass.address).bytes(case.path),
        };
        let answer = exchange(self.hallpass.address, &request)?;
        let sets_cookies = answer.all("set-cookie").next().is_some();
        if answer.status != 200 || sets_cookies != matches!(case.cookies, Cookies::None) {
            return Err(format!("{}: hallpass does not answer as expected", case.name));
        }
        let peer = fixed_answer::start(kit.folder(), &format!("/api/auth{}", case.path), &answer)?;
        let load = Arc::new(Load::new(request, &answer));
        Ok(Contest { case, load, hallpass: (&self.hallpass.process, self.hallpass.address), peer })
    }
}

impl Contest<'_> {
    /// Both, one after the other; who is first alternates.
    fn round(&self, runtime: &Runtime, plan: Plan, round: usize) -> Result<(Cost, Cost), Failure> {
        let hallpass = || self.cost(runtime, plan, self.hallpass);
        let peer = || self.cost(runtime, plan, (&self.peer.0, self.peer.1));
        if round.is_multiple_of(2) {
            let first = hallpass()?;
            Ok((first, peer()?))
        } else {
            let first = peer()?;
            Ok((hallpass()?, first))
        }
    }

    fn cost(&self, runtime: &Runtime, plan: Plan, server: (&Process, SocketAddr)) -> Result<Cost, Failure> {
        let (process, address) = server;
        let before = process.cpu()?;
        let took = runtime
            .block_on(self.load.run(address, plan.requests, plan.connections))
            .map_err(|failure| format!("{}: {failure}", self.case.name))?;
        let cpu = process.cpu()?.saturating_sub(before);
        let requests = plan.requests as f64;
        Ok(Cost { micros: cpu.as_secs_f64() * 1e6 / requests, per_second: requests / took.as_secs_f64() })
    }
}
