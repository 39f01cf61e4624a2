#!/usr/bin/env bash
# archive.sh [TARGET]: an archive of a release build for TARGET (x86_64-unknown-linux-musl: a static program that runs on any Linux).
# The same commit, toolchain and target give the same bytes, in whatever folder they are built; prints where the archive is.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
triple=${1:-$(rustc -vV | sed -n 's/^host: //p')}
version=$(cargo metadata --no-deps --locked --format-version 1 | sed 's/.*"version":"\([^"]*\)".*/\1/;q')

# Paths of this machine would be in the program.
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export RUSTFLAGS="--remap-path-prefix=$PWD=logdrift --remap-path-prefix=$cargo_home=cargo -C strip=symbols"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
cargo build --release --locked --target "$triple"

name=logdrift-$version-$triple
made=$target/package
mkdir -p "$made/$name"
cp "$target/$triple/release/logdrift" README.md FINDINGS.md SECURITY.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$made/$name/"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$made" -c "$name" | gzip -n9 >"$made/$name.tar.gz"
rm -r "${made:?}/$name"
echo "$made/$name.tar.gz"
