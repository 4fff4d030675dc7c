//! The web app is embedded from `web/dist`. Where it was not built (no Node) an empty folder stands in for it: the server
//! then says how to build it, and cargo sees when it is filled.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    if let Err(error) = std::fs::create_dir_all(&dist) {
        println!("cargo:warning=the folder of the web app cannot be made: {error}");
    }
    println!("cargo:rerun-if-changed={}", dist.display());
}
