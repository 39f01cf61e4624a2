//! Tails of count distributions in logarithms, exact where doubles underflow: the beta-binomial (Skellam, "A probability
//! distribution derived from the binomial distribution by regarding the probability of success as variable", 1948) and the
//! negative binomial in its mean-and-dispersion form.

/// `-log10 P[X >= k]` for `X` beta-binomial of `n` trials, mean share `p` and `nu` pseudo-trials (the larger, the nearer to a
/// plain binomial). 0 where `k <= 0`; infinity where `k > n` or `p` is 0.
#[must_use]
pub fn beta_binomial_surprise(k: f64, n: f64, p: f64, nu: f64) -> f64 {
    let (k, n) = (k.round(), n.round());
    if k <= 0.0 {
        return 0.0;
    }
    if k > n || p <= 0.0 {
        return f64::INFINITY;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let (a, b) = (p * nu, (1.0 - p) * nu);
    let first = ln_choose(n, k) + ln_beta(k + a, n - k + b) - ln_beta(a, b);
    let sum = tail_sum(k, n, |x| (n - x) / (x + 1.0) * (x + a) / (n - x - 1.0 + b));
    (-(first + sum.ln()) / std::f64::consts::LN_10).max(0.0)
}

/// `-log10 P[X <= k]` for `X` negative binomial with the given mean and variance `mean + dispersion * mean^2`; with dispersion 0
/// a Poisson. 0 of a mean of 0.
#[must_use]
pub fn too_few_surprise(k: f64, mean: f64, dispersion: f64) -> f64 {
    if mean <= 0.0 || k >= mean {
        return 0.0;
    }
    let k = k.round();
    let ln_term = |x: f64| {
        if dispersion < 1e-9 {
            return x * mean.ln() - mean - libm::lgamma(x + 1.0);
        }
        let size = 1.0 / dispersion;
        libm::lgamma(x + size) - libm::lgamma(size) - libm::lgamma(x + 1.0)
            + size * (size / (size + mean)).ln()
            + x * (mean / (size + mean)).ln()
    };
    let top = ln_term(k);
    // Terms fall going down from k, since k is below the mean; the ratio to the largest stays in range.
    let mut sum = 0.0;
    let mut x = k;
    while x >= 0.0 {
        let term = (ln_term(x) - top).exp();
        sum += term;
        if term < 1e-12 {
            break;
        }
        x -= 1.0;
    }
    (-(top + sum.ln()) / std::f64::consts::LN_10).max(0.0)
}

/// `1 + r(k) + r(k) r(k+1) + ...` up to n.
fn tail_sum(k: f64, n: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut x) = (1.0, 1.0, k);
    while x < n {
        term *= ratio(x);
        sum += term;
        x += 1.0;
        if term < sum * 1e-12 {
            break;
        }
    }
    sum
}

fn ln_choose(n: f64, k: f64) -> f64 {
    libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
}

fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6 * b.abs().max(1.0), "{a} is not {b}");
    }

    #[test]
    fn uniform_prior_makes_every_count_equally_likely() {
        // Beta(1, 1): P[X >= k] = (n - k + 1) / (n + 1).
        for (k, n) in [(1.0, 10.0), (5.0, 10.0), (10.0, 10.0), (900.0, 1_000.0)] {
            close(beta_binomial_surprise(k, n, 0.5, 2.0), -((n - k + 1.0) / (n + 1.0)).log10());
        }
    }

    #[test]
    fn many_pseudo_trials_give_the_binomial() {
        // P[X >= 3], n = 10, p = 0.1: 0.0701908264.
        assert!((beta_binomial_surprise(3.0, 10.0, 0.1, 1e7) + 0.070_190_826_4f64.log10()).abs() < 1e-5);
        // All of 1,000 at p = 1e-3 and nu = 1e6 is the product of (1000 + i) / (10^6 + i): far below the smallest double.
        let product: f64 = (0..1_000).map(|i| -((1_000.0 + f64::from(i)) / (1e6 + f64::from(i))).log10()).sum();
        assert!((beta_binomial_surprise(1_000.0, 1_000.0, 1e-3, 1e6) - product).abs() < 1e-3);
    }

    #[test]
    fn extremes_have_defined_answers() {
        assert_eq!(beta_binomial_surprise(0.0, 0.0, 0.5, 10.0), 0.0);
        assert_eq!(beta_binomial_surprise(0.0, 9.0, 0.0, 10.0), 0.0);
        assert_eq!(beta_binomial_surprise(1.0, 9.0, 0.0, 10.0), f64::INFINITY);
        assert_eq!(beta_binomial_surprise(9.0, 9.0, 1.0, 10.0), 0.0);
        assert_eq!(beta_binomial_surprise(10.0, 9.0, 0.5, 10.0), f64::INFINITY);
        assert_eq!(too_few_surprise(0.0, 0.0, 0.1), 0.0);
        assert_eq!(too_few_surprise(5.0, 4.0, 0.1), 0.0);
    }

    #[test]
    fn too_few_is_the_poisson_at_no_dispersion_and_milder_with_some() {
        // P[X <= 0], mean 20: e^-20.
        close(too_few_surprise(0.0, 20.0, 0.0), 20.0 / std::f64::consts::LN_10);
        // P[X <= 2], mean 5: 0.1246520195.
        close(too_few_surprise(2.0, 5.0, 0.0), -0.124_652_019_5f64.log10());
        // P[X <= 0], mean 20, dispersion 0.5: (1 / (1 + 10))^2.
        close(too_few_surprise(0.0, 20.0, 0.5), 2.0 * 11f64.log10());
        assert!(too_few_surprise(300.0, 4_000.0, 0.02) > 6.0);
    }
}
