//! Why sign-ins of the demo fail: real numbers of the service, texts and rates of our own.

/// How far a sign-in came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// No credential was looked at.
    Directory,
    /// The password was wrong.
    Password,
    /// The password was right, a further step is open.
    Interrupt,
    /// The password was right, the second factor was refused or not answered.
    Prompt,
    /// All factors were right, a policy said no.
    Policy,
}

/// One way to fail.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: u32,
    pub(super) text: &'static str,
    pub(super) stage: Stage,
    /// How often, against the others of its list.
    pub(super) weight: f64,
    /// Chance that the same failure comes once more at once.
    pub(super) again: f64,
    /// Chance that the sign-in succeeds in the end.
    pub(super) recovers: f64,
}

const fn row(code: u32, text: &'static str, stage: Stage, weight: f64, again: f64, recovers: f64) -> Failure {
    Failure { code, text, stage, weight, again, recovers }
}

/// Of people at a keyboard.
pub(super) const INTERACTIVE: &[Failure] = &[
    row(50126, "Wrong user name or password.", Stage::Password, 30.0, 0.4, 0.85),
    row(50074, "A second factor is needed.", Stage::Interrupt, 14.0, 0.05, 0.95),
    row(50076, "A policy asks for a second factor.", Stage::Interrupt, 10.0, 0.05, 0.95),
    row(50140, "Interrupted by the question to stay signed in.", Stage::Interrupt, 12.0, 0.02, 0.98),
    row(500_121, "The second factor was not passed.", Stage::Prompt, 12.0, 0.35, 0.7),
    row(53003, "A policy blocks access.", Stage::Policy, 4.0, 0.4, 0.1),
    row(50053, "The account is locked.", Stage::Password, 3.0, 0.5, 0.2),
    row(50055, "The password is too old.", Stage::Password, 3.0, 0.2, 0.8),
    row(50097, "The device has to prove itself.", Stage::Interrupt, 3.0, 0.1, 0.8),
    row(50125, "Interrupted by the reset of a password.", Stage::Interrupt, 2.0, 0.1, 0.9),
    row(50158, "An outside provider has to check.", Stage::Interrupt, 2.0, 0.1, 0.9),
    row(50105, "The user is not assigned to the app.", Stage::Policy, 1.5, 0.3, 0.05),
    row(50034, "There is no such account.", Stage::Directory, 1.5, 0.2, 0.5),
    row(50072, "A second factor has to be enrolled.", Stage::Interrupt, 1.0, 0.2, 0.7),
    row(50057, "The account is disabled.", Stage::Directory, 1.0, 0.4, 0.0),
    row(65001, "Nobody has consented to the app.", Stage::Policy, 1.0, 0.2, 0.4),
];

/// Of programs that act for a user.
pub(super) const SILENT: &[Failure] = &[
    row(50058, "Nobody is signed in, and nobody may be asked.", Stage::Directory, 10.0, 0.3, 0.5),
    row(70043, "The refresh token is older than the policy allows.", Stage::Directory, 6.0, 0.3, 0.4),
    row(700_082, "The refresh token was not used for too long.", Stage::Directory, 3.0, 0.5, 0.1),
    row(50173, "The password changed since the token was made.", Stage::Directory, 2.0, 0.4, 0.3),
    row(50132, "The session was ended.", Stage::Directory, 1.0, 0.3, 0.3),
];

/// Of programs that act for themselves.
pub(super) const PROGRAM: &[Failure] = &[
    row(7_000_215, "The client secret is wrong.", Stage::Directory, 5.0, 0.5, 0.1),
    row(7_000_222, "The client secret has expired.", Stage::Directory, 3.0, 0.6, 0.0),
    row(700_027, "The signature of the client assertion is wrong.", Stage::Directory, 1.0, 0.3, 0.3),
];
