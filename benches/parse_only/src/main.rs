//! The yardstick: walks every key and value of a file of JSON lines and does nothing else, with one of the quickest parsers there
//! are. `cargo run --release -- FILE`; with `--unpack FILE.gz` it only decompresses. `benches/table.py` compares logdrift with both.

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};

/// How many values there were, and the bytes of their texts: something that no compiler may leave out.
#[derive(Clone, Copy, Default)]
struct Walked {
    values: u64,
    bytes: u64,
}

impl Walked {
    const fn one(bytes: usize) -> Self {
        Self { values: 1, bytes: bytes as u64 }
    }

    const fn add(&mut self, other: Self) {
        self.values += other.values;
        self.bytes += other.bytes;
    }
}

impl<'de> Deserialize<'de> for Walked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

/// A text without a copy, where it has no escapes.
struct Text(usize);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Walk).map(|walked| Self(walked.bytes as usize))
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Walked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Walked, E> {
        Ok(Walked::one(0))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Walked, E> {
        Ok(Walked::one(0))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Walked, E> {
        Ok(Walked::one(0))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Walked, E> {
        Ok(Walked::one(0))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Walked, E> {
        Ok(Walked::one(0))
    }

    fn visit_str<E>(self, text: &str) -> Result<Walked, E> {
        Ok(Walked::one(text.len()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Walked, A::Error> {
        let mut all = Walked::one(0);
        while let Some(element) = elements.next_element()? {
            all.add(element);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Walked, A::Error> {
        let mut all = Walked::one(0);
        while let Some(Text(key)) = members.next_key()? {
            all.add(members.next_value()?);
            all.bytes = all.bytes.checked_add(key as u64).ok_or_else(|| A::Error::custom("too long"))?;
        }
        Ok(all)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let unpacks = arguments.next_if(|argument| argument == "--unpack").is_some();
    let file = arguments.next().ok_or("usage: parse_only FILE, or parse_only --unpack FILE.gz")?;
    if unpacks {
        return unpack(File::open(file)?);
    }
    let mut lines = BufReader::with_capacity(256 << 10, File::open(file)?);
    let (mut line, mut all) = (Vec::new(), Walked::default());
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        all.add(sonic_rs::from_slice(line.trim_ascii())?);
    }
    println!("{} values, {} bytes of text", all.values, all.bytes);
    Ok(())
}

/// Decompresses a file piece by piece, as logdrift does.
fn unpack(file: File) -> Result<(), Box<dyn Error>> {
    let mut reader = MultiGzDecoder::new(BufReader::with_capacity(256 << 10, file));
    let (mut piece, mut bytes) = (vec![0; 256 << 10], 0);
    loop {
        match reader.read(&mut piece)? {
            0 => break,
            read => bytes += read,
        }
    }
    println!("{bytes} bytes");
    Ok(())
}
