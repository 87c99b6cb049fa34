//! SHA-256 digests.

use data_encoding::HEXLOWER;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

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
        HEXLOWER.encode(&self.0[..6])
    }
}

impl std::fmt::Display for Sha256Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl Serialize for Sha256Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let mut text = [0; 64];
            serializer.serialize_str(HEXLOWER.encode_mut_str(&self.0, &mut text))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Sha256Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(FromHex)
        } else {
            deserializer.deserialize_byte_buf(FromBytes)
        }
    }
}

/// Reads a digest as people do.
struct FromHex;

impl Visitor<'_> for FromHex {
    type Value = Sha256Sum;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a SHA-256 in lower-case hexadecimal")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Sha256Sum, E> {
        let mut sum = Sha256Sum::default();
        if text.len() != 2 * sum.0.len() {
            return Err(E::invalid_length(text.len(), &self));
        }
        let read = HEXLOWER.decode_mut(text.as_bytes(), &mut sum.0);
        read.map_err(|e| E::custom(e.error))?;
        Ok(sum)
    }
}

/// Reads a digest as it is kept.
struct FromBytes;

impl Visitor<'_> for FromBytes {
    type Value = Sha256Sum;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the 32 bytes of a SHA-256")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Sha256Sum, E> {
        let sum = bytes.try_into().map(Sha256Sum);
        sum.map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}
