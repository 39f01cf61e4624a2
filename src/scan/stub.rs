//! stub
use super::{Observations, Paths};
use crate::hash::HashKey;
use crate::model::{FieldPath, RejectReason};
/// stub
pub struct Scanner { paths: Paths }
impl Scanner {
    /// stub
    #[must_use]
    pub fn new(_: HashKey, _: &[Vec<FieldPath>]) -> Self { Self { paths: Paths::default() } }
    /// stub
    pub fn scan(&mut self, _: &[u8], _: &mut Observations) -> Result<(), RejectReason> { Err(RejectReason::NotJson) }
    /// stub
    pub fn paths(&self) -> &Paths { &self.paths }
}
/// stub
pub fn moment(_: &[u8]) -> Option<i64> { None }
