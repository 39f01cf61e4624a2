//! Speed of the scanner alone: `cargo bench --bench scan [-- FILE]`, where FILE holds one record a line. Without one it
//! reads records made up here.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use logdrift::hash::HashKey;
use logdrift::model::FieldPath;
use logdrift::scan::{Observations, Scanner};
use std::error::Error;
use std::time::Instant;

const TURNS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let records = match &file {
        Some(file) => std::fs::read(file)?,
        None => made_up(20_000),
    };
    let roles = [vec![FieldPath::parse("time")?], vec![FieldPath::parse("properties.status.errorCode")?, FieldPath::parse("resultType")?]];
    let mut scanner = Scanner::new(HashKey::new([7; 32]), &roles);
    let mut seen = Observations::new();
    for turn in 1..=TURNS {
        let start = Instant::now();
        let (mut values, mut rejects) = (0, 0);
        for record in records.split(|byte| *byte == b'\n').filter(|record| !record.is_empty()) {
            rejects += usize::from(scanner.scan(record, &mut seen).is_err());
            values += seen.values().len();
        }
        let seconds = start.elapsed().as_secs_f64();
        let speed = records.len() as f64 / 1e6 / seconds;
        println!("turn {turn}: {speed:.0} MB/s, {values} values, {rejects} rejects, {} paths", scanner.paths().len());
    }
    Ok(())
}

/// Sign-ins in the layout of Azure Monitor, much shorter than real ones.
fn made_up(count: u64) -> Vec<u8> {
    let mut records = String::new();
    for i in 0..count {
        let id = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (minute, second, code) = (i / 60 % 60, i % 60, [0, 50_126, 50_074, 53_003][i as usize % 4]);
        records.push_str(&format!(
            "{{\"time\":\"2026-01-01T00:{minute:02}:{second:02}.{:07}Z\",\"operationName\":\"Sign-in activity\",\
             \"category\":\"SignInLogs\",\"resultType\":\"{code}\",\"durationMs\":0,\"callerIpAddress\":\"10.0.{}.{}\",\
             \"correlationId\":\"{:08x}-0000-4000-8000-{:012x}\",\"Level\":4,\"properties\":{{\"userPrincipalName\":\
             \"user{}@contoso.example\",\"status\":{{\"errorCode\":{code}}},\"isInteractive\":{},\"userAgent\":\
             \"Mozilla/5.0 (Windows NT 10.0; Win64; x64)\",\"riskState\":\"none\",\"appliedConditionalAccessPolicies\":[],\
             \"authenticationProcessingDetails\":[{{\"key\":\"Is CAE Token\",\"value\":\"False\"}}],\"authenticationDetails\":\
             [{{\"authenticationStepDateTime\":\"2026-01-01T00:{minute:02}:{second:02}Z\",\"succeeded\":true}}]}}}}\n",
            id % 10_000_000,
            id % 256,
            i % 256,
            id >> 32,
            id & 0xffff_ffff_ffff,
            i % 500,
            i % 3 == 0,
        ));
    }
    records.into_bytes()
}
