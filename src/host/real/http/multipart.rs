//! Forms with files, as browsers send them (RFC 7578, names escaped as the HTML standard says).
//!
//! The boundary is made from the content: a form that is sent again is the same, byte by byte, so that a server that knows the
//! request by its key sees that it is.

use reqwest::header::HeaderValue;
use sha2::{Digest, Sha256};

use crate::host::http::{Error, ErrorKind, Part};

/// A body and its content type.
pub(super) struct Form {
    pub(super) body: Vec<u8>,
    pub(super) content_type: HeaderValue,
}

/// Writes a form.
pub(super) fn form(parts: &[Part]) -> Result<Form, Error> {
    let boundary = boundary(parts);
    let mut body = Vec::with_capacity(parts.iter().map(|it| it.data.len() + 256).sum());
    for part in parts {
        body.extend_from_slice(head(part, &boundary)?.as_bytes());
        body.extend_from_slice(&part.data);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    Ok(Form { body, content_type: content_type.expect("a boundary is made of hexadecimal digits") })
}

/// Nobody can write a part that holds its own hash.
fn boundary(parts: &[Part]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let [name, kind] =
            [&part.file_name, &part.content_type].map(|it| it.as_deref().unwrap_or_default());
        for piece in [part.name.as_bytes(), name.as_bytes(), kind.as_bytes(), &part.data] {
            hash.update((piece.len() as u64).to_le_bytes());
            hash.update(piece);
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    hex::encode(&digest[..16])
}

fn head(part: &Part, boundary: &str) -> Result<String, Error> {
    let mut head =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escaped(&part.name));
    if let Some(name) = &part.file_name {
        head.push_str(&format!("; filename=\"{}\"", escaped(name)));
    }
    if let Some(kind) = &part.content_type {
        if !kind.contains('/') || HeaderValue::from_str(kind).is_err() {
            let message = format!("`{}` is not a content type", kind.escape_debug());
            return Err(Error::new(ErrorKind::BadRequest, message));
        }
        head.push_str(&format!("\r\nContent-Type: {kind}"));
    }
    head.push_str("\r\n\r\n");
    Ok(head)
}

fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(data: &str) -> Vec<Part> {
        let field = Part {
            name: "a\"b\r\n".to_owned(),
            file_name: None,
            content_type: None,
            data: b"1".to_vec(),
        };
        let file = Part {
            name: "file".to_owned(),
            file_name: Some("ü.txt".to_owned()),
            content_type: Some("text/plain".to_owned()),
            data: data.as_bytes().to_vec(),
        };
        vec![field, file]
    }

    #[test]
    fn a_form_is_written_as_browsers_do_and_is_the_same_again() {
        let made = form(&parts("hello")).unwrap();
        let kind = made.content_type.to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a%22b%0D%0A\"\r\n\r\n1\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ü.txt\"\r\nContent-Type: text/plain\r\n\r\n\
             hello\r\n--{boundary}--\r\n"
        );
        assert_eq!(String::from_utf8(made.body.clone()).unwrap(), expected);
        assert_eq!(form(&parts("hello")).unwrap().body, made.body);
        assert_ne!(form(&parts("other")).unwrap().content_type, made.content_type);
    }

    #[test]
    fn a_content_type_stays_on_its_line() {
        let mut parts = parts("");
        for kind in ["plain", "text/plain\r\nX: y"] {
            parts[1].content_type = Some(kind.to_owned());
            assert_eq!(form(&parts).err().unwrap().kind, ErrorKind::BadRequest);
        }
    }
}
