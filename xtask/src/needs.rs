//! What a step needs that is not in the checkout: looked for, installed where we may, else named in one sentence.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::Failure;
use crate::command::{command, output, run};
use crate::ground::Ground;

const CHROMIUM: &str = "/usr/bin/chromium";

/// A C compiler: the cryptography and SQLite are compiled from C.
pub(crate) fn c_compiler(ground: &Ground) -> Result<(), Failure> {
    if output(&mut command(ground.root(), "cc", &["--version"])).is_ok() {
        return Ok(());
    }
    debian_package(ground, "gcc", "a C compiler (cc) is missing")?;
    debian_package(ground, "libc6-dev", "the C library's headers are missing")
}

/// Node.js 20 or newer with npm, and the packages of `e2e/package-lock.json`.
pub(crate) fn npm_packages(ground: &Ground) -> Result<(), Failure> {
    node_packages(ground, "e2e")
}

/// Node.js 20 or newer with npm, and the packages that the lock file in `folder` names.
pub(crate) fn node_packages(ground: &Ground, folder: &str) -> Result<(), Failure> {
    let version = output(&mut command(ground.root(), "node", &["--version"])).map_err(
        |_| "Node.js 20 or newer is missing: install it from https://nodejs.org or your distribution.",
    )?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!("Node.js 20 or newer is needed, and this is {}.", version.trim()));
    }
    output(&mut command(ground.root(), "npm", &["--version"])).map_err(
        |_| "npm is missing: it comes with Node.js, or as the package `npm` of your distribution.",
    )?;
    let there = ground.path(folder);
    if is_older(&there.join("node_modules/.package-lock.json"), &there.join("package-lock.json")) {
        println!("Installing the npm packages of {folder}/package-lock.json …");
        run(&mut command(&there, "npm", &["ci", "--loglevel=error"]))?;
    }
    Ok(())
}

/// The command `openssl`.
pub(crate) fn openssl(ground: &Ground) -> Result<(), Failure> {
    if output(&mut command(ground.root(), "openssl", &["version"])).is_ok() {
        return Ok(());
    }
    debian_package(ground, "openssl", "the command openssl is missing")
}

/// A Python with the packages that the requirements name, in a virtual environment under `target`.
pub(crate) fn python_packages(ground: &Ground, requirements: &str) -> Result<PathBuf, Failure> {
    let can = |what: &str| output(&mut command(ground.root(), "python3", &["-c", what])).is_ok();
    if !can("import sys; sys.exit(sys.version_info < (3, 11))") || !can("import venv, ensurepip") {
        debian_package(ground, "python3-venv", "Python 3.11 or newer with its module venv is missing")?;
    }
    let folder = ground.target().join("api");
    let (python, done) = (folder.join("bin").join("python"), folder.join("installed"));
    if is_older(&done, &ground.path(requirements)) {
        println!("Installing the Python packages of {requirements} …");
        let at = folder.to_string_lossy();
        run(&mut command(ground.root(), "python3", &["-m", "venv", "--clear", &at]))?;
        let words = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", requirements];
        run(&mut command(ground.root(), &python.to_string_lossy(), &words))?;
        std::fs::write(&done, "").map_err(|error| format!("{}: {error}", done.display()))?;
    }
    Ok(python)
}

/// Chromium, as Debian packages it.
pub(crate) fn chromium(ground: &Ground) -> Result<(), Failure> {
    if Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    debian_package(ground, "chromium", "Chromium is missing")
}

/// What drives that Chromium by `WebDriver`.
pub(crate) fn chromedriver(ground: &Ground) -> Result<&'static str, Failure> {
    const PROGRAM: &str = "/usr/bin/chromedriver";
    if !Path::new(PROGRAM).exists() {
        debian_package(ground, "chromium-driver", "Chromium's driver is missing")?;
    }
    Ok(PROGRAM)
}

/// The font of the pictures: what a page's `system-ui` looks like on most people's machines.
pub(crate) fn inter(ground: &Ground) -> Result<(), Failure> {
    if output(&mut command(ground.root(), "fc-list", &["Inter"])).is_ok_and(|list| !list.is_empty()) {
        return Ok(());
    }
    debian_package(ground, "fonts-inter", "the font Inter is missing")
}

/// The target that shows that the wire's crate compiles for browsers.
pub(crate) fn wasm_target(ground: &Ground) -> Result<(), Failure> {
    rust_target(ground, "wasm32-unknown-unknown")
}

/// A target of Rust's, by rustup.
pub(crate) fn rust_target(ground: &Ground, target: &str) -> Result<(), Failure> {
    let rustup = |arguments: &[&str]| output(&mut command(ground.root(), "rustup", arguments));
    if rustup(&["target", "list", "--installed"]).is_ok_and(|list| list.contains(target)) {
        return Ok(());
    }
    rustup(&["target", "add", target])
        .map(|_| ())
        .map_err(|error| format!("the Rust target {target} is missing and could not be added ({error})"))
}

fn debian_package(ground: &Ground, package: &str, missing: &str) -> Result<(), Failure> {
    let apt = |arguments: &[&str]| {
        run(command(ground.root(), "apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let root = output(&mut command(ground.root(), "id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    if !root {
        return Err(format!("{missing}: `sudo apt-get install {package}` installs it."));
    }
    println!("Installing the Debian package {package} …");
    apt(&["-qq", "update"])
        .and_then(|()| apt(&["-qq", "install", "-y", "--no-install-recommends", package]))
        .map_err(|error| format!("{missing}, and installing it failed: {error}"))
}

fn is_older(made: &Path, from: &Path) -> bool {
    let changed =
        |path: &Path| path.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    changed(made) < changed(from)
}
