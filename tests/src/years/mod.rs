//! Five years of one collector and its devices, in one run: what `cargo xtask demo --scene years` shows.
//!
//! The programs are the real ones, each key is where its holder has it, and the time of day is the scene's ([`clock`]). Nothing is
//! said that was not looked at: the scene ends with an error at the first claim that does not hold.
#![expect(clippy::print_stdout, reason = "the scene is told on standard output")]

mod clock;
mod fleet;
mod holders;
mod incidents;
mod stage;
mod values;
mod world;

pub use clock::Clock;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use world::World;

/// Plays the scene in a folder that is empty.
pub fn play(folder: &Path) -> anyhow::Result<()> {
    // An account without rights reads the notices that the devices write there.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    let mut world = World::begin(folder)?;
    first_year(&mut world)?;
    second_year(&mut world)?;
    third_year(&mut world)?;
    fourth_year(&mut world)?;
    fifth_year(&mut world)?;
    world.sums_up()
}

fn first_year(world: &mut World) -> anyhow::Result<()> {
    world.day(0, "IT and the works council agree on a root and on a policy; three devices join")?;
    world.found()?;
    world.everybody()?;

    world.day(30, "The laptop gets another name; what was sent under the old one has its day")?;
    world.rename("laptop", "laptop", "laptop-of-sales")?;
    world.everybody()?;

    world.day(60, "A wider policy is announced: names of accounts, from day 90 on")?;
    world.publish_policy(2, Some(90))?;
    world.everybody()?;
    world.lives_until(89)?;
    world.nobody_sent("user.name")?;

    world.day(90, "The wider policy takes effect on its date")?;
    world.takes_effect()?;
    world.everybody()?;
    world.all_sent("user.name")?;

    world.day(150, "A narrower policy holds at once: no addresses any more")?;
    world.all_sent("host.mac")?;
    world.publish_policy(3, None)?;
    world.everybody()?;
    world.nobody_sent("host.mac")?;

    world.day(330, "First rotation: IT's root key is replaced, and the root lives for another year")?;
    world.rotate_it()?;
    world.everybody()
}

fn second_year(world: &mut World) -> anyhow::Result<()> {
    world.day(480, "The policy is renewed before it expires; nothing else changes")?;
    world.publish_policy(4, None)?;
    world.everybody()?;

    world.rename("laptop", "laptop-of-sales", "laptop-of-support")?;
    world.day(500, "The server's certificate is renewed long before it ends")?;
    world.renew_certificate(&[])?;
    world.everybody()?;

    world.day(650, "Another certificate authority, first beside the one in use")?;
    world.next_root(&["--authority"])?;
    world.everybody()?;
    world.day(690, "Every device knows both, and says so; the new one signs the server's certificate")?;
    world.everybody()?;
    world.renew_certificate(&["--authority"])?;
    world.everybody()?;
    world.day(720, "The old authority is left out")?;
    world.next_root(&["--only-newest-authority"])?;
    world.everybody()
}

fn third_year(world: &mut World) -> anyhow::Result<()> {
    world.day(730, "A spare device joins, reports once, and goes into a drawer")?;
    world.enrol_spare()?;
    world.everybody()?;

    world.day(830, "The policy is renewed")?;
    world.publish_policy(5, None)?;
    world.everybody()?;

    world.day(1000, "Second rotation: the works council has a new key, and both sign for a while")?;
    world.council_gets_another_key()?;
    world.publish_policy(6, None)?;
    world.everybody()?;
    world.rename("front-desk", "front-desk", "back-office")?;
    world.day(1010, "The works council's old key is left out")?;
    world.council_drops_its_old_key()?;
    world.everybody()
}

fn fourth_year(world: &mut World) -> anyhow::Result<()> {
    world.day(1095, "The collector's disk fails; it is restored from the backup of a week ago")?;
    world.backs_up()?;
    world.lives_until(1098)?;
    world.everybody()?;
    world.lives_until(1102)?;
    world.loses_its_host()?;
    world.restores("collector-2")?;
    world.serves()?;
    world.everybody()?;

    world.day(1120, "The spare device comes back after more than a year")?;
    world.spare_comes_back()?;
    world.everybody()?;

    world.day(1200, "The host will be replaced: the root names both addresses")?;
    world.names_both_addresses()?;
    world.everybody()?;
    world.day(1230, "The collector moves to another host and address")?;
    world.backs_up()?;
    world.loses_its_host()?;
    world.restores("collector-3")?;
    world.port = world.next_port;
    world.serves()?;
    world.everybody()?;
    world.rename("workstation", "workstation", "workstation-2")?;
    world.day(1260, "The old address is left out")?;
    world.names_the_address_in_use()?;
    world.publish_policy(7, None)?;
    world.everybody()
}

fn fifth_year(world: &mut World) -> anyhow::Result<()> {
    world.day(1495, "Drill: the host is lost for good, and whoever has it has its keys")?;
    world.backs_up()?;
    world.everybody()?;
    world.lives_until(1500)?;
    world.loses_its_host()?;
    world.restores("collector-4")?;
    world.next_root(&["--rotate", "receipt", "--rotate", "timestamp", "--authority"])?;
    world.serves()?;
    world.everybody()?;
    world.everybody()?;
    world.renew_certificate(&["--authority"])?;
    world.everybody()?;
    world.a_thief_serves("collector-3-lost")?;
    world.next_root(&["--only-newest-authority"])?;
    world.everybody()?;

    world.day(1600, "The policy is renewed; a device loses its cache")?;
    world.publish_policy(8, None)?;
    world.loses_its_cache("front-desk")?;
    world.everybody()?;

    world.day(1800, "The root and the certificate are renewed once more")?;
    world.next_root(&[])?;
    world.renew_certificate(&[])?;
    world.everybody()?;
    world.day(1826, "Five years")?;
    world.everybody()
}
