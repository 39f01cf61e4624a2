//! The floors of the house and the doors of the crates from outside: what `tidy` holds the sources against.

/// The top-level modules by floor. A module imports itself and modules of lower floors, nothing beside or above it.
pub(crate) const FLOORS: &[&[&str]] = &[
    &["model", "hash"],
    &["error", "stats", "sources", "scan"],
    &["fingerprint"],
    &["compare"],
    &["checks", "expect", "rules", "schema"],
    &["ingest", "store", "report", "demo"],
    &["notify"],
    &["cli"],
];

/// A crate from outside, the places in `src` that may name it, and why it is these.
pub(crate) type Door = (&'static str, &'static [&'static str], &'static str);
pub(crate) const DOORS: &[Door] = &[
    ("anstream", &["cli/terminal"], "whether a terminal wants colours is known at the edge only"),
    ("anstyle", &["report"], "colours of the report for terminals"),
    ("askama", &["report/html"], "the only report in HTML"),
    ("base64", &["report/html"], "hashes as a policy of browsers writes them"),
    ("blake3", &["hash"], "one place decides how values are hashed"),
    ("clap", &["cli/args"], "what can be asked is defined once; handlers get values"),
    ("clap_complete", &["cli/args"], "completions follow from what can be asked"),
    ("clap_mangen", &["cli/args"], "pages of the manual follow from what can be asked"),
    ("diff", &["report/side_by_side", "report/word_diff", "rules/unified"], "two texts shown to a reader, and the patch of a rule"),
    ("flate2", &["ingest"], "gzip is told and unpacked at the input edge"),
    ("getrandom", &["hash"], "keys are made where they are defined"),
    ("globset", &["ingest"], "names are expanded at the input edge"),
    ("indicatif", &["cli/progress"], "progress is for the one who waits at the terminal"),
    ("jiff", &["model/window"], "calendar of windows, which every report uses"),
    ("jsonschema", &["schema/validate"], "records are held against schemas by a library that knows all of JSON Schema"),
    ("lettre", &["notify/email"], "mail is one way of telling people"),
    ("libm", &["stats"], "the logarithm of the gamma function, for tails"),
    ("memchr", &["ingest", "scan", "expect/needle"], "three loops over bytes: cutting records, walking one, passing over one"),
    ("quick_xml", &["report/junit"], "the only report in XML"),
    ("rusqlite", &["store"], "the store is the only database"),
    ("saphyr_parser", &["rules/yaml"], "rules are written in YAML"),
    ("schemars", &["report", "expect/manifest", "expect/values", "notify", "cli/config"], "schemas are derived where their types are"),
    (
        "serde",
        &["report/wire", "sources/file", "expect/manifest", "expect/values", "fingerprint/text", "notify", "cli/config"],
        "the wire types: reports, source files, manifests, exported baselines, notices, the configuration",
    ),
    (
        "serde_json",
        &[
            "report",
            "expect/manifest",
            "fingerprint/text",
            "demo",
            "cli/demo",
            "model/path",
            "rules/trial",
            "rules/witness",
            "schema",
            "notify",
        ],
        "writes reports, notices, exports and made-up logs, reads manifests, made-up records and the quoted keys of paths; logs are \
         read by `scan` alone",
    ),
    ("serde_path_to_error", &["expect/manifest", "cli/config"], "which key of a manifest or of the configuration is wrong"),
    ("sha2", &["report/html"], "the hashes by which browsers know a style and a script"),
    ("strsim", &["sources/alike"], "what a misspelt name was meant to be is asked in one place"),
    ("thiserror", &["error", "fingerprint/wire"], "errors of the crate, and of the stored form"),
    (
        "toml",
        &["sources/file", "expect/manifest", "expect/values", "rules/elastic/file", "cli/config"],
        "files that users write, rules of Elastic",
    ),
    ("unicode_width", &["report"], "columns of a text at a terminal"),
    ("ureq", &["notify/http"], "whoever is told over HTTP is told from here"),
    ("walkdir", &["ingest"], "directories are walked at the input edge"),
    ("xxhash_rust", &["hash", "model/finding"], "keyed hashes, and the key of a finding, which has none and is the same everywhere"),
    ("zstd", &["ingest", "store"], "inputs are unpacked, windows in the store packed"),
];

const WORLD: &[&str] = &["std::fs", "std::env", "std::process", "std::thread", "SystemTime", "Instant", "stdin", "stdout", "stderr"];
/// Words for the clock, the files, the environment and the process, and the modules that may reach for them; then the network.
pub(crate) const OUTSIDE: &[(&[&str], &[&str])] =
    &[(WORLD, &["ingest", "store", "notify", "cli", "main"]), (&["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"], &["notify"])];
