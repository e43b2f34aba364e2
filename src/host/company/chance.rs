//! Seeded chance: every draw hangs on the seed, what it is for, and a number, never on the order of work.

use fastrand::Rng;

/// What a stream of random numbers is for; streams of one seed are independent of each other.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    Staff = 1,
    Customer = 2,
    Number = 3,
    Hour = 4,
    Arrivals = 5,
    Call = 6,
    Recording = 7,
    Voice = 8,
    Dialogue = 9,
    Remarks = 10,
}

/// The stream for one thing.
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> Rng {
    Rng::with_seed(scatter(scatter(seed ^ (purpose as u64) << 56) ^ index))
}

/// SplitMix64's finaliser: neighbours in, strangers out.
pub const fn scatter(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Standard normal, by Box and Muller.
pub fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

/// Log-normal with this median; lengths of waits and talks are so distributed. Kept within `range`.
pub fn log_normal(rng: &mut Rng, median: f64, sigma: f64, range: (f64, f64)) -> f64 {
    (median * (sigma * normal(rng)).exp()).clamp(range.0, range.1)
}

/// A rank below `count`, small ones often: a continuous power law of exponent 0.9, cut at `count`.
pub fn zipf(rng: &mut Rng, count: u64) -> u64 {
    const REST: f64 = 0.1;
    let widest = (count as f64 + 1.0).powf(REST);
    let rank = ((widest - 1.0) * rng.f64() + 1.0).powf(1.0 / REST) - 1.0;
    (rank as u64).min(count.saturating_sub(1))
}

/// An index by weight.
pub fn weighted(rng: &mut Rng, weights: &[u32]) -> usize {
    let mut left = rng.u32(0..weights.iter().sum::<u32>().max(1));
    for (index, weight) in weights.iter().enumerate() {
        if left < *weight {
            return index;
        }
        left -= weight;
    }
    0
}

pub fn percent(rng: &mut Rng, share: f64) -> bool {
    rng.f64() * 100.0 < share
}

#[cfg(test)]
mod tests {
    use super::{Purpose, log_normal, stream, weighted, zipf};

    #[test]
    fn streams_differ_by_seed_purpose_and_index() {
        let draw = |seed, purpose, index| stream(seed, purpose, index).u64(..);
        assert_eq!(draw(1, Purpose::Call, 2), draw(1, Purpose::Call, 2));
        assert_ne!(draw(1, Purpose::Call, 2), draw(2, Purpose::Call, 2));
        assert_ne!(draw(1, Purpose::Call, 2), draw(1, Purpose::Call, 3));
        assert_ne!(draw(1, Purpose::Call, 2), draw(1, Purpose::Hour, 2));
    }

    #[test]
    fn the_median_of_a_log_normal_is_its_median() {
        let mut rng = stream(1, Purpose::Call, 0);
        let mut draws: Vec<f64> = (0..9_999).map(|_| log_normal(&mut rng, 110.0, 1.1, (3.0, 7_200.0))).collect();
        draws.sort_by(f64::total_cmp);
        assert!((100.0..121.0).contains(&draws[4_999]), "{}", draws[4_999]);
        assert!(draws[0] >= 3.0 && draws[9_998] <= 7_200.0);
    }

    #[test]
    fn low_ranks_are_frequent_and_none_is_out_of_range() {
        let mut rng = stream(1, Purpose::Call, 0);
        let ranks: Vec<u64> = (0..10_000).map(|_| zipf(&mut rng, 500)).collect();
        assert!(ranks.iter().all(|rank| *rank < 500));
        let first = ranks.iter().filter(|rank| **rank == 0).count();
        let last = ranks.iter().filter(|rank| **rank == 499).count();
        assert!(first > 500 && first > 20 * last.max(1), "{first} {last}");
    }

    #[test]
    fn nothing_of_no_weight_is_drawn() {
        let mut rng = stream(1, Purpose::Call, 0);
        assert!((0..1_000).all(|_| weighted(&mut rng, &[0, 3, 0, 1]) % 2 == 1));
    }
}
