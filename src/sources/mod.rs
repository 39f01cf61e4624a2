//! How one provider's log is read: which fields hold the time, the code, the actor, and what may be kept of the values.
//!
//! A source is one TOML file. To add a built-in one: the file and its row in [`SOURCES`].

mod aliases;
mod alike;
mod catalogue;
mod definition;
mod explain;
mod file;
mod personal;
mod source;
mod spelling;
#[cfg(test)]
mod tests;

pub use aliases::Aliases;
pub(crate) use alike::{alike, did_you_mean};
pub use definition::Definition;
pub(crate) use explain::{explain, nearest, place};
pub use source::{Dimension, DimensionKind, PathKind, Role, Source};

/// One built-in source.
#[derive(Debug)]
pub struct BuiltIn {
    /// What `--source` takes.
    pub name: &'static str,
    /// The source as TOML.
    pub text: &'static str,
}

/// The built-in sources, in the order of help texts.
pub const SOURCES: &[BuiltIn] = &[
    BuiltIn { name: "entra-signin", text: include_str!("entra-signin.toml") },
    BuiltIn { name: "entra-ecs", text: include_str!("entra-ecs.toml") },
    BuiltIn { name: "o365-login", text: include_str!("o365-login.toml") },
    BuiltIn { name: "okta-system", text: include_str!("okta-system.toml") },
    BuiltIn { name: "aws-console-login", text: include_str!("aws-console-login.toml") },
    BuiltIn { name: "google-login", text: include_str!("google-login.toml") },
    BuiltIn { name: "duo-auth", text: include_str!("duo-auth.toml") },
    BuiltIn { name: "auth0", text: include_str!("auth0.toml") },
    BuiltIn { name: "onelogin", text: include_str!("onelogin.toml") },
    BuiltIn { name: "generic", text: include_str!("generic.toml") },
];
