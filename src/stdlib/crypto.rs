//! Digests and message authentication codes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Digest;

use super::native::{Bytes, Data, Hidden, Native, misuse, natives};
use crate::value::{Fault, Value};

pub(super) const NATIVES: &[Native] = natives!("crypto":
    md5(data), sha1(data), sha256(data), sha384(data), sha512(data), hmac_sha1(data, key),
    hmac_sha256(data, key), hmac_sha384(data, key), hmac_sha512(data, key),
);

fn md5(data: Data<'_>) -> Bytes {
    Bytes(md5::Md5::digest(data.0).to_vec())
}

fn sha1(data: Data<'_>) -> Bytes {
    Bytes(sha1::Sha1::digest(data.0).to_vec())
}

fn sha256(data: Data<'_>) -> Bytes {
    Bytes(sha2::Sha256::digest(data.0).to_vec())
}

fn sha384(data: Data<'_>) -> Bytes {
    Bytes(sha2::Sha384::digest(data.0).to_vec())
}

fn sha512(data: Data<'_>) -> Bytes {
    Bytes(sha2::Sha512::digest(data.0).to_vec())
}

fn hmac_sha1(data: Data<'_>, key: Hidden<'_>) -> Result<Bytes, Fault> {
    code::<Hmac<sha1::Sha1>>(data, key)
}

fn hmac_sha256(data: Data<'_>, key: Hidden<'_>) -> Result<Bytes, Fault> {
    code::<Hmac<sha2::Sha256>>(data, key)
}

fn hmac_sha384(data: Data<'_>, key: Hidden<'_>) -> Result<Bytes, Fault> {
    code::<Hmac<sha2::Sha384>>(data, key)
}

fn hmac_sha512(data: Data<'_>, key: Hidden<'_>) -> Result<Bytes, Fault> {
    code::<Hmac<sha2::Sha512>>(data, key)
}

fn code<M: Mac + KeyInit>(data: Data<'_>, key: Hidden<'_>) -> Result<Bytes, Fault> {
    let key = match key.0 {
        Value::Secret(secret) => secret.text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        _ => return Err(misuse()),
    };
    let mut mac = <M as KeyInit>::new_from_slice(key)
        .map_err(|_| Fault::argument("the key has a length that this code cannot use"))?;
    mac.update(data.0);
    Ok(Bytes(mac.finalize().into_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::value::Secret;

    /// The digests of `abc` that the standards print.
    #[test]
    fn digests_are_those_of_the_standards() {
        let abc = Data(b"abc");
        for (digest, start) in [
            (md5(abc), "900150983cd24fb0"),
            (sha1(abc), "a9993e364706816a"),
            (sha256(abc), "ba7816bf8f01cfea"),
            (sha384(abc), "cb00753f45a35e8b"),
            (sha512(abc), "ddaf35a193617aba"),
        ] {
            assert!(hex::encode(digest.0).starts_with(start), "{start}");
        }
    }

    #[test]
    fn secrets_and_bytes_are_keys() {
        let secret = Value::Secret(Rc::new(Secret::new("KEY", "key")));
        let bytes = Value::bytes(b"key".to_vec());
        let by = |key: &Value| hex::encode(hmac_sha256(Data(b"data"), Hidden(key)).unwrap().0);
        assert!(by(&secret).starts_with("5031fe3d989c6d15"));
        assert_eq!(by(&secret), by(&bytes));
        let long = Value::bytes(vec![1; 10_000]);
        assert_eq!(hmac_sha512(Data(b""), Hidden(&long)).unwrap().0.len(), 64);
        assert!(hmac_sha1(Data(b""), Hidden(&Value::Null)).is_err());
    }
}
