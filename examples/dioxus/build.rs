//! Dioxus's macros ask the application's own feature `server` which side they are compiled for. Here the target says so: the page is
//! WebAssembly, everything else is the server, and nobody has to name a feature.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(feature, values(\"server\"))");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target != "wasm32") {
        println!("cargo::rustc-cfg=feature=\"server\"");
    }
}
