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
        let (summary, kept) = log.read(None, BLOCK_BYTES).unwrap();
        let small = log.read(None, block).unwrap();
        prop_assert_eq!((&small.0, &small.1), (&summary, &kept));
        prop_assert_eq!((summary.bytes, summary.raw_bytes), (text.len() as u64, text.len() as u64));
        log.set(&gzip(text.as_bytes()));
        prop_assert_eq!(&log.read(None, block).unwrap().1, &kept);
    }

    /// Whatever an input is and wherever it was cut when it was first read: nothing that a single run would have read is lost.
    #[test]
    fn two_runs_see_all_that_one_run_sees(text in soup(), cut in 0usize..200) {
        let cut = cut.min(text.len());
        let log = Log::new(&text.as_bytes()[..cut]);
        let (first, early) = log.read(None, BLOCK_BYTES).unwrap();
        log.set(text.as_bytes());
        let (second, late) = log.read(Some(&first), BLOCK_BYTES).unwrap();
        let (whole, all) = log.read(None, BLOCK_BYTES).unwrap();
        prop_assert_eq!((second.hash, second.raw_bytes), (whole.hash, whole.raw_bytes));
        for record in &all.records {
            prop_assert!(late.records.contains(record) || early.records.iter().any(|known| known.2 == record.2), "{:?} is lost", record);
        }
        if !second.resumed {
            prop_assert_eq!(&late, &all);
        }
    }
}
