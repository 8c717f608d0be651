//! Makes sure that the console's files are there to be embedded, and says so where they are not.

fn main() {
    let built = std::path::Path::new("../web/dist");
    println!("cargo::rerun-if-changed=../web/dist");
    println!("cargo::rerun-if-changed=templates");
    if !built.join("console.css").exists() {
        println!("cargo::warning=the console's files are not built: run `make web` first");
        // The server then runs with plain pages: everything works without script and style.
        if let Err(error) = std::fs::create_dir_all(built) {
            println!("cargo::warning=cannot make {}: {error}", built.display());
        }
    }
}
