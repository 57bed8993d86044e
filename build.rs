//! Tells the linker and the binary where the prebuilt DuckDB lies (see `.ci/prepare`).
use std::{env, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    let dir = env::var_os("DUCKDB_LIB_DIR").map(PathBuf::from).unwrap_or_default();
    println!("cargo:rustc-env=CAMERATA_DUCKDB_DIR={}", dir.display());
    if env::var_os("CARGO_FEATURE_SERVER").is_some() && env::var_os("CARGO_FEATURE_BUNDLED").is_none() {
        // An installed copy finds the library beside itself or in ../lib; a development build, in the vendor folder.
        let origin = if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("macos") { "@loader_path" } else { "$ORIGIN" };
        println!("cargo:rustc-link-arg=-Wl,-rpath,{origin}");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{origin}/../lib");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", dir.display());
    }
}
