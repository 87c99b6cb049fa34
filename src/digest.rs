//! SHA-256 digests.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// A SHA-256 digest: 32 bytes in memory and in the store, lower-case hexadecimal
/// where people read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Sum(pub [u8; 32]);

impl Sha256Sum {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of everything a hasher was given so far.
    pub fn so_far(hasher: &Sha256) -> Self {
        Self(hasher.clone().finalize().into())
    }

    /// Its first 12 characters: enough to tell two apart by eye.
    pub fn short(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0[..6])
    }
}

impl std::fmt::Display for Sha256Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl Serialize for Sha256Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Sha256Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return Deserialize::deserialize(deserializer).map(Self);
        }
        let text = <Cow<'_, str>>::deserialize(deserializer)?;
        let mut sum = [0; 32];
        if text.len() != 2 * sum.len() {
            return Err(D::Error::custom("a SHA-256 has 32 bytes"));
        }
        data_encoding::HEXLOWER
            .decode_mut(text.as_bytes(), &mut sum)
            .map_err(|e| D::Error::custom(e.error))?;
        Ok(Self(sum))
    }
}
