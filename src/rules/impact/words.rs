//! Pieces of the sentences that say why.

/// `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`.
pub(super) fn list(items: &[&str]) -> String {
    const SHOWN: usize = 4;
    let head = |count: usize| items.iter().take(count).copied().collect::<Vec<_>>().join(", ");
    match items {
        [] => "nothing".into(),
        [one] => (*one).to_owned(),
        _ if items.len() > SHOWN => format!("{} and {} more", head(SHOWN), items.len() - SHOWN),
        [.., last] => format!("{} and {last}", head(items.len() - 1)),
    }
}

/// A share as a reader writes it: `12 %`, `0.4 %`, `less than 0.1 %`.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent >= 10.0 => format!("{percent:.0} %"),
        percent if percent >= 0.1 => format!("{percent:.1} %"),
        _ => "less than 0.1 %".into(),
    }
}
