#!/usr/bin/env bash
# Makes a package for Debian and its kin out of a release build: the program, its manual, completions and units of systemd.
# Needs cargo-deb (`cargo install cargo-deb`); prints where the package is.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}

cargo build --release --locked
made=$target/package
rm -rf "$made"
mkdir -p "$made/completions" "$made/units"
logdrift=$target/release/logdrift
"$logdrift" man --quiet --output "$made/man1"
"$logdrift" completions bash >"$made/completions/logdrift"
"$logdrift" completions zsh >"$made/completions/_logdrift"
"$logdrift" completions fish >"$made/completions/logdrift.fish"
for unit in examples/cron/logdrift-audit.{service,timer}; do
    sed 's#/usr/local/bin/#/usr/bin/#' "$unit" >"$made/units/${unit##*/}"
done
# Files of a report are their owner's alone; those of a package are everybody's.
chmod -R a+rX "$made"

# The files of the package are named from the folder that cargo builds in.
cargo deb --no-build --locked --output "$made/"
