//! Fuzzes `scan`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| logdrift_fuzz::scan(data));
