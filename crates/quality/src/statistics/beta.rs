//! The regularised incomplete beta function and the quantiles of the F distribution that follow from it.

/// ln of the gamma function for positive arguments (C. Lanczos, 1964, with the nine coefficients for g = 7).
pub fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let pi = std::f64::consts::PI;
        return (pi / (pi * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let mut sum = 0.999_999_999_999_809_9;
    for (at, coefficient) in COEFFICIENTS.iter().enumerate() {
        sum += coefficient / (x + at as f64 + 1.0);
    }
    0.918_938_533_204_672_7 + (x + 0.5) * t.ln() - t + sum.ln()
}

/// I_x(a, b) by Lentz's continued fraction. `a`, `b` > 0; x is held within 0 to 1.
pub fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp() / a;
    let (mut fraction, mut c, mut d) = (1.0_f64, 1.0_f64, 0.0_f64);
    for step in 0..500 {
        let m = f64::from(step / 2);
        let numerator = if step == 0 {
            1.0
        } else if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 + numerator * d;
        d = 1.0 / if d.abs() < 1e-300 { 1e-300 } else { d };
        c = 1.0 + numerator / c;
        if c.abs() < 1e-300 {
            c = 1e-300;
        }
        let change = c * d;
        fraction *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front * (fraction - 1.0)).clamp(0.0, 1.0)
}

/// The x with I_x(a, b) = `share`, by bisection to the last bit.
pub fn beta_quantile(share: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if incomplete_beta(middle, a, b) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Quantile of the F distribution with `first` and `second` degrees of freedom (they need not be whole).
pub fn f_quantile(share: f64, first: f64, second: f64) -> f64 {
    let x = beta_quantile(share, first / 2.0, second / 2.0);
    if x >= 1.0 { f64::INFINITY } else { second * x / (first * (1.0 - x)) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_printed_tables() {
        // F tables, upper 5 % and 2.5 %.
        assert!((f_quantile(0.95, 1.0, 10.0) - 4.964_602_743_730_712).abs() < 1e-9);
        assert!((f_quantile(0.975, 5.0, 15.0) - 3.576_415_349_279_061).abs() < 1e-9);
        assert!((f_quantile(0.95, 10.0, 1.0) - 241.881_747_250_833).abs() < 1e-7);
        assert!((ln_gamma(10.0) - 362_880.0_f64.ln()).abs() < 1e-12);
        assert!((incomplete_beta(0.5, 2.0, 3.0) - 0.6875).abs() < 1e-12);
    }
}
