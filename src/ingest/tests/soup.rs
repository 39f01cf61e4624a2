//! Inputs nobody would write on purpose.

use super::*;
use proptest::prelude::*;

/// Pieces that make up every form, in any order.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "\\",
        " ",
        "\n",
        "\n",
        "\r\n",
        "1",
        "nul",
        "\u{e9}",
        "\u{feff}",
        "{}",
        "{\"a\":1}",
        "{\"a\":1},",
        "[]",
        "{\"records\":[",
        "{\"value\":[",
        "{\"tables\":[{",
        "\"name\":\"x\"",
        "\"columns\":[{\"name\":\"a\"}],",
        "\"rows\":[",
        "[1],",
        "]}",
        "a,b",
        "\"@odata.count\":1,",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn neither_blocks_nor_compression_change_what_is_read(text in soup(), block in 1usize..9) {
        let log = Log::new(text.as_bytes());
        let (summary, kept) = log.read(BLOCK_BYTES).unwrap();
        let small = log.read(block).unwrap();
        prop_assert_eq!((&small.0, &small.1), (&summary, &kept));
        prop_assert_eq!((summary.content.bytes, summary.content.hash), (text.len() as u64, key().wide(text.as_bytes())));
        log.set(&gzip(text.as_bytes()));
        let packed = log.read(block).unwrap();
        let Content { raw_bytes, raw_hash, .. } = packed.0.content;
        prop_assert_eq!((packed.0.content, &packed.1), (Content { raw_bytes, raw_hash, ..summary.content }, &kept));
        prop_assert_eq!(log.known(&[summary]), if summary.content.settled > 0 { Known::All } else { Known::Nothing });
    }

    /// What is read does not depend on how many sinks share it, in batches of whatever size.
    #[test]
    fn several_sinks_get_what_one_gets(text in soup(), batch in 1usize..200, sinks in 1usize..6) {
        let log = Log::new(text.as_bytes());
        let (summary, mut kept) = log.read(BLOCK_BYTES).unwrap();
        kept.records.sort();
        kept.rejects.sort();
        prop_assert_eq!(log.read_by(sinks, batch), (summary, kept));
    }

    /// Whatever an input is and wherever it was cut when it was first read: what a single run would have read is read once.
    #[test]
    fn two_runs_see_all_that_one_run_sees_and_nothing_twice(text in soup(), cut in 0usize..200) {
        let cut = cut.min(text.len());
        let log = Log::new(&text.as_bytes()[..cut]);
        let (first, early) = log.read(BLOCK_BYTES).unwrap();
        log.set(text.as_bytes());
        let Known::Beginning(skip) = log.known(&[first]) else {
            prop_assert!(cut == text.len() || first.content.settled == 0);
            return Ok(());
        };
        let (second, late) = log.read_on(skip, BLOCK_BYTES).unwrap();
        let (whole, all) = log.read(BLOCK_BYTES).unwrap();
        prop_assert_eq!(second.content, whole.content);
        let once = |record: &(u64, u64, String)| early.records.iter().chain(&late.records).filter(|known| known.1 == record.1).count();
        for record in &all.records {
            // What was refused as a broken line may make sense once more of it has come; it was reported then.
            prop_assert!(once(record) == 1 || (once(record) == 0 && record.1 < skip && !early.rejects.is_empty()), "{:?}", record);
        }
    }
}
