//! Questions to the inventory, with the program's own knowledge as the fallback.

use super::lexicon::paths;
use crate::model::{HostRecord, Inventory, KeyRecord, PathClass, RepoRecord};
use std::net::IpAddr;

/// What the company recorded about a repository.
pub fn repo<'a>(inventory: &'a Inventory, name: &str) -> Option<&'a RepoRecord> {
    inventory
        .repos
        .as_ref()?
        .iter()
        .find(|r| glob(&r.name, name))
}

/// Sensitivity class of a path: the operator's patterns first, then the shipped ones.
pub fn path_class(inventory: &Inventory, repo: Option<&str>, path: &str) -> Option<PathClass> {
    let declared = inventory.paths.iter().find(|p| {
        let in_repo = p
            .repo
            .as_deref()
            .is_none_or(|pattern| repo.is_some_and(|r| glob(pattern, r)));
        in_repo && glob(&p.pattern, path)
    });
    match declared {
        Some(record) => record.class,
        None => paths::class(path).filter(|_| !paths::is_scratch(path)),
    }
}

/// What the company recorded about a machine, by name or by address.
pub fn host<'a>(
    inventory: &'a Inventory,
    name: Option<&str>,
    address: Option<IpAddr>,
) -> Option<&'a HostRecord> {
    inventory.hosts.as_ref()?.find(name, address)
}

/// Who answers for a machine: its own record, or else its address range.
pub fn host_owner<'a>(
    inventory: &'a Inventory,
    name: Option<&str>,
    address: Option<IpAddr>,
) -> Option<&'a str> {
    let own = host(inventory, name, address).and_then(|h| h.owner.as_deref());
    own.or_else(|| range(inventory, address).and_then(|r| r.owner.as_deref()))
}

/// What a machine is for: its own record, or else its address range.
pub fn host_class<'a>(
    inventory: &'a Inventory,
    name: Option<&str>,
    address: Option<IpAddr>,
) -> Option<&'a str> {
    let own = host(inventory, name, address).and_then(|h| h.class.as_deref());
    own.or_else(|| range(inventory, address).and_then(|r| r.class.as_deref()))
}

/// The narrowest range an address lies in.
fn range(inventory: &Inventory, address: Option<IpAddr>) -> Option<&crate::model::AddressRange> {
    let address = address?;
    inventory
        .ranges
        .iter()
        .filter(|r| r.contains(address))
        .max_by_key(|r| r.prefix)
}

/// What the company recorded about a key. `names` are its fingerprint and hint.
pub fn key<'a>(inventory: &'a Inventory, names: &[&str]) -> Option<&'a KeyRecord> {
    inventory.keys.as_ref()?.find(names)
}

/// Whether keys are listed, and this one is not, or only as revoked. Without a name
/// there is nothing to look up.
pub fn key_is_unknown(inventory: &Inventory, names: &[&str]) -> bool {
    !names.is_empty()
        && inventory.keys.is_some()
        && key(inventory, names).is_none_or(KeyRecord::is_revoked)
}

/// Whether the inventory says anything about machines.
pub fn knows_hosts(inventory: &Inventory) -> bool {
    inventory.hosts.is_some() || !inventory.ranges.is_empty()
}

fn glob(pattern: &str, value: &str) -> bool {
    pattern == value || fast_glob::glob_match(pattern, value)
}
