//! Reading a message: what it says, what came with it, who sent it.

use mail_parser::{Address, MessageParser, MimeHeaders};
use model::limits;

/// Files that are taken from one message; more are left in it.
const FILES: usize = 100;

/// A message, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadMessage {
    /// Its Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// The address in the `From` line; empty where there is none.
    pub from: String,
    /// Where an answer goes: the `Reply-To` line, or else `From`.
    pub reply_to: Option<String>,
    /// Its subject line.
    pub subject: String,
    /// Its text, of all parts that are shown.
    pub text: String,
    /// The files that came with it.
    pub files: Vec<MessageFile>,
    /// Whether a program sent it (RFC 3834), so that it is not answered.
    pub is_automatic: bool,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFile {
    /// Its name, if it has one.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageProblem {
    /// It has no head lines.
    #[error("it is no e-mail: it has no head lines")]
    NoHead,
    /// It is too large.
    #[error("it has {bytes} bytes; at most {limit} are taken")]
    TooLarge {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
}

/// Reads a message as far as it can be read: what is broken in it is taken for text.
///
/// # Errors
/// Where it is too large, or no message at all.
pub fn read_message(bytes: &[u8]) -> Result<ReadMessage, MessageProblem> {
    if bytes.len() > limits::MAIL_BYTES {
        let (bytes, limit) = (bytes.len(), limits::MAIL_BYTES);
        return Err(MessageProblem::TooLarge { bytes, limit });
    }
    let message = MessageParser::default().parse(bytes).ok_or(MessageProblem::NoHead)?;
    if message.headers().is_empty() {
        return Err(MessageProblem::NoHead);
    }
    let from = first_address(message.from()).unwrap_or_default();
    let answers_to = first_address(message.reply_to()).unwrap_or_else(|| from.clone());
    let texts = message.text_bodies().filter_map(|part| part.text_contents());
    let text = texts.collect::<Vec<_>>().join("\n");
    let files = message.attachments().take(FILES).map(|part| MessageFile {
        name: part.attachment_name().unwrap_or_default().chars().take(255).collect(),
        media_type: part.content_type().map_or_else(
            || "application/octet-stream".to_owned(),
            |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")),
        ),
        bytes: part.contents().to_vec(),
    });
    let value =
        |name: &str| message.header_raw(name).map(|value| value.trim().to_ascii_lowercase());
    let submitted = value("Auto-Submitted").is_some_and(|value| value != "no");
    let listed = value("Precedence").is_some_and(|value| value != "normal");
    let bounced = value("Return-Path").is_some_and(|value| value == "<>");
    Ok(ReadMessage {
        message_id: message.message_id().map(str::to_owned),
        reply_to: Some(answers_to).filter(|address| model::check_address(address).is_ok()),
        from,
        subject: message.subject().unwrap_or_default().to_owned(),
        text,
        files: files.collect(),
        is_automatic: submitted || listed || bounced,
    })
}

fn first_address(address: Option<&Address<'_>>) -> Option<String> {
    address?.first()?.address().map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const WHOLE: &str = "From: Office <orders@authority.example>\r\n\
        To: orders@forum.example\r\nSubject: =?utf-8?Q?Removal_order_=E2=84=96_17?=\r\n\
        Message-ID: <17@authority.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b1\r\n\r\n\
        --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\norder_reference: 17\r\n\
        --b1\r\nContent-Type: application/json\r\n\
        Content-Disposition: attachment; filename=order.json\r\n\
        Content-Transfer-Encoding: base64\r\n\r\neyJhIjoxfQ==\r\n--b1--\r\n";

    #[test]
    fn a_message_is_read_with_its_files() {
        let read = read_message(WHOLE.as_bytes()).unwrap();
        let file = MessageFile {
            name: "order.json".into(),
            media_type: "application/json".into(),
            bytes: br#"{"a":1}"#.to_vec(),
        };
        let expected = ReadMessage {
            message_id: Some("17@authority.example".into()),
            from: "orders@authority.example".into(),
            reply_to: Some("orders@authority.example".into()),
            subject: "Removal order № 17".into(),
            text: "order_reference: 17".into(),
            files: vec![file],
            is_automatic: false,
        };
        assert_eq!(ReadMessage { text: read.text.trim().to_owned(), ..read }, expected);
    }

    #[test]
    fn programs_are_told_from_people() {
        for (head, expected) in [
            ("Subject: x", false),
            ("Auto-Submitted: no", false),
            ("Auto-Submitted: auto-replied", true),
            ("Precedence: bulk", true),
            ("Return-Path: <>", true),
        ] {
            let message = format!("From: a@b.example\r\n{head}\r\n\r\nhello\r\n");
            let read = read_message(message.as_bytes()).unwrap();
            assert_eq!(read.is_automatic, expected, "{head}");
        }
    }

    #[test]
    fn broken_messages_are_read_as_far_as_they_go() {
        for (message, from, files) in [
            ("From: nobody\r\n\r\nx", "", 0),
            ("Subject: only\r\n\r\n", "", 0),
            (
                "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
                "a@b.example",
                0,
            ),
            (
                "From: a@b.example\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\u{ff}",
                "a@b.example",
                0,
            ),
            ("From: a@b.example\nContent-Transfer-Encoding: base64\n\n%%%%", "a@b.example", 0),
        ] {
            let read = read_message(message.as_bytes()).unwrap();
            assert!(read.from == from || from.is_empty(), "{message:?}: {read:?}");
            assert_eq!(read.files.len(), files, "{message:?}");
        }
        assert_eq!(read_message(b""), Err(MessageProblem::NoHead));
        let large = vec![b'x'; limits::MAIL_BYTES + 1];
        assert!(matches!(read_message(&large), Err(MessageProblem::TooLarge { .. })));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600),
        ) {
            let _ = read_message(&bytes);
        }
    }
}
