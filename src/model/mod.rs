//! Values only: what the other floors speak about. No file, clock, environment or outside service is reached from here.

mod cohort;
mod content;
mod evidence;
mod example;
mod finding;
mod history;
mod path;
mod policy;
mod reject;
mod shape;
mod window;

pub use cohort::{Cohort, OTHER};
pub use content::{Content, HEAD_BYTES};
pub use evidence::{Change, Evidence};
pub use finding::{Counts, Finding, FindingKey, Point, Severity, Status};
pub use history::{Acceptance, FindingState};
pub use path::{FieldPath, Segment};
pub use policy::Policy;
pub use reject::{Reject, RejectReason};
pub use shape::{Family, Offset, Shape, ValueState, ValueType};
pub use window::{Granularity, Window};
