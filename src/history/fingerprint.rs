//! What a thing is remembered by: a number made from it.

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number made from a thing, the same in every run of one program version. Other things
/// may have the same, but for what history holds that is as good as impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

/// The fingerprint of a thing.
pub fn fingerprint(thing: &impl Hash) -> Fingerprint {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    Fingerprint(hasher.finish())
}

impl Fingerprint {
    /// Its lower half: enough to tell a few things apart, in half the room.
    pub(super) const fn half(self) -> u32 {
        self.0 as u32
    }
}

/// It is kept as its bytes: as a number it would take more of them, and more time.
impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.to_le_bytes())
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(FromBytes)
    }
}

struct FromBytes;

impl Visitor<'_> for FromBytes {
    type Value = Fingerprint;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the 8 bytes of a fingerprint")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Fingerprint, E> {
        let number = bytes.try_into().map(u64::from_le_bytes);
        number
            .map(Fingerprint)
            .map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_as_its_bytes() {
        let print = fingerprint(&"ann");
        let kept = postcard::to_stdvec(&print).unwrap();
        assert_eq!(kept[1..], print.0.to_le_bytes());
        assert_eq!(postcard::from_bytes(&kept), Ok(print));
        assert!(postcard::from_bytes::<Fingerprint>(&[2, 0, 0]).is_err());
    }
}
