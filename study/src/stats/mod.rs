//! Intervals, tails, false-discovery control, agreement, sampling and estimates of size.
//!
//! Every function names the paper or book of its formula. All are pure; what draws takes a seed.

mod agreement;
mod calibration;
mod capture;
mod discovery;
mod numbers;
mod proportion;
mod quantile;
mod referral;
mod sampling;
mod separation;
mod spread;
mod survival;
mod tails;

pub(crate) use agreement::middle_of;
pub use agreement::{Kappa, cohen_kappa, krippendorff_alpha};
pub use calibration::{Isotonic, Logistic, isotonic, platt};
pub use capture::{
    Interaction, LogLinear, MAX_LISTS, TwoLists, chapman, lincoln_petersen, log_linear,
};
pub use discovery::{Dependence, ln_q_values, q_values};
pub use numbers::{Confidence, Error, Estimate};
pub(crate) use proportion::wilson_parts;
pub use proportion::{Measured, clopper_pearson, rogan_gladen, wilson, wilson_low};
pub use quantile::{beta_quantile, normal_quantile};
pub use referral::{Recruit, ReferralEstimate, referral_share};
pub use sampling::{Draws, Stratum, neyman, sample, shuffle};
pub use separation::{auc, auc_value, auc_weighted};
pub use spread::{gini, jensen_shannon_bits, jensen_shannon_distance};
pub use survival::{End, Lifetime, SurvivalStep, kaplan_meier, surviving_at};
pub use tails::{
    binomial_ln_lower, binomial_ln_upper, hypergeometric_ln_upper, poisson_ln_lower,
    poisson_ln_upper,
};
