//! The simulated world as a study's dataset.

use simulate::world::World;
use study::dataset::{Builder, Profile, ProfileRow};

/// Adds every account of a world.
pub fn add_accounts(world: &World, builder: &mut Builder) {
    for account in world.accounts() {
        let profile = Profile {
            handle: account.handle,
            display_name: account.display_name,
            bio: account.bio,
            language: account.language.to_owned(),
            created_at_us: Some(account.created_at_us),
            followers: Some(account.followers),
            following: Some(account.following),
            avatar_pdq: account.avatar_pdq,
            suspended_at_us: account.suspended_at_us,
            set_apart: account.set_apart.to_owned(),
        };
        builder.profile(ProfileRow { id: &account.id, profile });
    }
}
