//! Kusto Query Language: Sentinel's analytics rules, hunting queries, Defender's custom detections.

mod ast;
mod bind;
mod compare;
mod expr;
mod files;
mod follow;
mod forms;
mod parse;
mod rare;
mod scope;
mod steps;
mod sweep;
mod tables;
#[cfg(test)]
mod tests;
mod token;
mod value;

pub(super) use files::DIALECT;
