//! The binary `hallpass`: sign-in and sessions beside any app, in one process.

mod client_address;
mod commands;
mod config;
mod demo;
mod dialogue;
mod health;
mod listener;
mod logs;
mod mailbox;
mod memory;
mod metrics;
mod openapi;
mod reply;
mod site;
mod start;
mod table;
mod traces;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use commands::check::production::Asked;

/// Sign-in and sessions for web apps, with NextAuth.js's API.
#[derive(Parser)]
#[command(name = "hallpass", version, arg_required_else_help = true)]
struct Cli {
    /// The configuration file [default: hallpass.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server. Without any configuration, in development mode on localhost:3000.
    Serve(Overrides),
    /// Show every setting, where it comes from, and what is wrong.
    Check {
        #[command(flatten)]
        overrides: Overrides,
        /// List every key and environment variable instead, as Markdown.
        #[arg(long, conflicts_with = "production")]
        keys: bool,
        /// Judge it as a deployment, whatever the mode: URL, secrets, mail, database, permissions, clock.
        #[arg(long, conflicts_with = "mode")]
        production: bool,
        /// Ask the mail server and the providers too; no mail is sent.
        #[arg(long, requires = "production")]
        online: bool,
        /// One JSON object a line
        #[arg(long, requires = "production")]
        json: bool,
    },
    /// Print a fresh secret, or a key that signs tokens for APIs.
    Secret {
        /// Print a private key as PEM instead: `hallpass secret --signing-key es256 > signing.pem`
        #[arg(long, value_name = "ALGORITHM")]
        signing_key: Option<commands::secret::Algorithm>,
    },
    /// Add, list, disable and enable users, set their passwords.
    Users {
        #[command(subcommand)]
        command: commands::users::Users,
    },
    /// List and end sessions.
    Sessions {
        #[command(subcommand)]
        command: commands::sessions::Sessions,
    },
    /// Show the configured providers: the callback URL to register there, and what is missing.
    Providers {
        /// List the built-in entries instead.
        #[arg(long)]
        available: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// What the configuration file may hold.
    Config {
        #[command(subcommand)]
        command: commands::config::Config,
    },
    /// Print the completions of a shell: `hallpass completions bash > /etc/bash_completion.d/hallpass`.
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page: `hallpass man > hallpass.1`.
    Man,
    /// Bring the database to the schema of this version (`serve` does so too).
    Migrate,
}

/// Settings that are often wanted on the command line.
#[derive(Args, Default)]
struct Overrides {
    /// The public URL of the site
    #[arg(long)]
    url: Option<String>,
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Where users and sessions are kept
    #[arg(long, value_name = "sqlite:PATH")]
    database: Option<String>,
    /// `development` or `production`
    #[arg(long)]
    mode: Option<String>,
    /// A setting that another flag implies.
    #[arg(skip)]
    implied: Option<(&'static str, &'static str, &'static str)>,
}

impl Overrides {
    /// With a key, its value and the flag that implies it.
    fn with(self, implied: (&'static str, &'static str, &'static str)) -> Self {
        Self { implied: Some(implied), ..self }
    }

    /// Key, value and the flag's name.
    fn flags(self) -> Vec<(&'static str, String, &'static str)> {
        let flags = [
            ("url", self.url, "--url"),
            ("listen", self.listen, "--listen"),
            ("database", self.database, "--database"),
            ("mode", self.mode, "--mode"),
        ];
        let implied = self.implied.map(|(key, value, flag)| (key, value.to_owned(), flag));
        flags.into_iter().filter_map(|(key, value, flag)| Some((key, value?, flag))).chain(implied).collect()
    }
}

fn main() -> ExitCode {
    memory::give_back();
    let Cli { config, command } = Cli::parse();
    let read = |overrides: Overrides| {
        let mut loaded = config::load(&config::Sources {
            file: config,
            variables: config::process_variables(),
            flags: overrides.flags(),
            read_file: &|path| std::fs::read_to_string(path),
        });
        config::signing::warn_of_readable_keys(&mut loaded);
        loaded
    };
    match command {
        Command::Serve(overrides) => commands::serve::run(read(overrides)),
        Command::Check { keys: true, .. } => commands::check::keys(),
        Command::Check { overrides, production: true, online, json, .. } => {
            let loaded = read(overrides.with(("mode", "production", "--production")));
            commands::check::production::run(&loaded, Asked { online, json })
        }
        Command::Check { overrides, .. } => commands::check::run(read(overrides)),
        Command::Secret { signing_key: None } => commands::secret::run(),
        Command::Secret { signing_key: Some(algorithm) } => commands::secret::signing_key(algorithm),
        Command::Users { command } => commands::users::run(read(Overrides::default()), command),
        Command::Sessions { command } => commands::sessions::run(read(Overrides::default()), command),
        Command::Providers { available: true, json } => commands::providers::available(json),
        Command::Providers { available: false, json } => {
            commands::providers::run(&read(Overrides::default()), json)
        }
        Command::Config { command: commands::config::Config::Schema } => commands::config::schema(),
        Command::Completions { shell } => commands::manual::completions(&mut Cli::command(), shell),
        Command::Man => commands::manual::page(Cli::command()),
        Command::Migrate => commands::migrate::run(read(Overrides::default())),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn the_book_for_operators_shows_commands_that_there_are() {
        let page = include_str!("../../../book/operators.md");
        let shown: Vec<&str> = page.lines().filter(|line| line.starts_with("hallpass ")).collect();
        assert!(shown.len() > 10);
        for line in shown {
            let command = line.split(" #").next().unwrap_or_default().split_whitespace();
            assert!(super::Cli::try_parse_from(command).is_ok(), "{line}");
        }
    }
}
