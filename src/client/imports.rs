//! Files of an exchange, sent to be imported: read from the disk as they go, never held in memory.

use futures_util::StreamExt;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Method, header};
use tokio::{fs::File, io::AsyncReadExt};

use super::{ApiBody, Client, ClientError, Result, header_value};
use crate::wire::{ImportPreview, Job, Problem};

/// Bytes read at once.
const PIECE: usize = 128 * 1024;

/// A file to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFile {
    /// `cdr`, `cel`, `queue_log` or `recordings`.
    pub part: &'static str,
    pub path: PathBuf,
    /// So many of its bytes: what is written to it meanwhile comes another time.
    pub bytes: u64,
}

/// What is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportForm {
    /// The table `[asterisk]`; none: guessed.
    pub settings: Option<String>,
    pub files: Vec<ImportFile>,
}

/// One stretch of the body.
enum Stretch {
    Text(Vec<u8>),
    File(ImportFile),
}

/// Why a file could not be sent.
type Trouble = Arc<Mutex<Option<String>>>;

impl ImportForm {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    fn stretches(self, boundary: &str, preview: bool) -> Vec<Stretch> {
        let mut all = Vec::new();
        let mut text = String::new();
        for (name, value) in [("settings", self.settings), ("preview", preview.then(|| "true".to_owned()))] {
            if let Some(value) = value {
                text.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
            }
        }
        for file in self.files {
            text.push_str(&format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n",
                file.part,
                quoted(&file.path.file_name().unwrap_or_default().to_string_lossy())
            ));
            all.push(Stretch::Text(std::mem::take(&mut text).into_bytes()));
            all.push(Stretch::File(file));
            text.push_str("\r\n");
        }
        text.push_str(&format!("--{boundary}--\r\n"));
        all.push(Stretch::Text(text.into_bytes()));
        all
    }
}

impl Client {
    /// Sends files, and gives the job that imports them. `sent` is told the bytes of files as they go.
    ///
    /// # Errors
    /// As every operation; and when a file cannot be read to the end that it had.
    pub async fn begin_import(&self, form: ImportForm, sent: impl Fn(u64) + Send + 'static) -> Result<Job> {
        self.send_form(form, false, sent).await
    }

    /// The settings that an import of these files would use. Of recordings the names suffice: they may have no bytes here.
    ///
    /// # Errors
    /// As [`Self::begin_import`].
    pub async fn preview_import(&self, form: ImportForm, sent: impl Fn(u64) + Send + 'static) -> Result<ImportPreview> {
        self.send_form(form, true, sent).await
    }

    async fn send_form<T: serde::de::DeserializeOwned>(
        &self,
        form: ImportForm,
        preview: bool,
        sent: impl Fn(u64) + Send + 'static,
    ) -> Result<T> {
        let boundary = boundary()?;
        let stretches = form.stretches(&boundary, preview);
        let bytes: u64 = stretches
            .iter()
            .map(|stretch| match stretch {
                Stretch::Text(text) => text.len() as u64,
                Stretch::File(file) => file.bytes,
            })
            .sum();
        let trouble = Trouble::default();
        let (mut parts, _) = self.request(Method::POST, "/imports", &())?.into_parts();
        parts.headers.insert(header::CONTENT_TYPE, header_value(&format!("multipart/form-data; boundary={boundary}"))?);
        parts.headers.insert(header::CONTENT_LENGTH, bytes.into());
        let body = body_of(stretches, Arc::clone(&trouble), sent);
        let outcome = self.transport.send_streamed(http::Request::from_parts(parts, (body, bytes))).await;
        if let Some(detail) = trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let (kind, title) = ("unreadable".to_owned(), "Not sent".to_owned());
            return Err(ClientError::Problem(Problem { kind, title, status: 500, detail, ..Problem::default() }));
        }
        let (_, answer) = outcome?.collect().await?;
        serde_json::from_slice(&answer).map_err(|error| ClientError::Answer(error.to_string()))
    }
}

fn body_of(stretches: Vec<Stretch>, trouble: Trouble, sent: impl Fn(u64) + Send + 'static) -> ApiBody {
    let state = (stretches.into_iter(), None::<(File, ImportFile)>, sent, false);
    let pieces = futures_util::stream::unfold(state, move |(mut rest, mut open, sent, ended)| {
        let trouble = Arc::clone(&trouble);
        async move {
            if ended {
                return None;
            }
            loop {
                let step = match open.take() {
                    None => match rest.next()? {
                        Stretch::Text(text) => return Some((Ok(Bytes::from(text)), (rest, None, sent, false))),
                        Stretch::File(file) if file.bytes == 0 => continue,
                        Stretch::File(file) => {
                            File::open(&file.path).await.map(|opened| (opened, file.clone())).map_err(|why| (file, why))
                        }
                    },
                    Some(reading) => Ok(reading),
                };
                let step = match step {
                    Ok((mut reading, mut file)) => match piece(&mut reading, file.bytes).await {
                        Ok(piece) => {
                            let length = piece.len() as u64;
                            file.bytes -= length;
                            sent(length);
                            let open = (file.bytes > 0).then_some((reading, file));
                            return Some((Ok(piece), (rest, open, sent, false)));
                        }
                        Err(why) => Err((file, why)),
                    },
                    Err(failed) => Err::<(), _>(failed),
                };
                if let Err((file, why)) = step {
                    let words = format!("{} cannot be read: {why}; nothing was imported", file.path.display());
                    *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(words.clone());
                    return Some((Err(words), (rest, None, sent, true)));
                }
            }
        }
    });
    Box::pin(pieces.fuse())
}

async fn piece(file: &mut File, left: u64) -> std::io::Result<Bytes> {
    let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    let mut piece = vec![0; most];
    match file.read(&mut piece).await? {
        0 => Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "it became shorter meanwhile")),
        length => {
            piece.truncate(length);
            Ok(piece.into())
        }
    }
}

/// Parts the pieces of a form; no file has it by chance.
fn boundary() -> Result<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| ClientError::Answer(format!("no random numbers here: {error}")))?;
    Ok(random.iter().fold("callreel-".to_owned(), |text, byte| format!("{text}{byte:02x}")))
}

/// A file's name in a header, as forms of the web have it (WHATWG HTML, multipart/form-data encoding).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A").replace('\\', "_")
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn the_body_has_the_length_that_was_told_and_names_what_cannot_be_read() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a\"b.json");
        std::fs::write(&path, vec![b'x'; PIECE * 2 + 7]).expect("written");
        let file = |bytes| ImportFile { part: "cdr", path: path.clone(), bytes };
        let form = |bytes| ImportForm { settings: Some("[asterisk]".to_owned()), files: vec![file(bytes), file(0)] };
        let whole = async |bytes| {
            let trouble = Trouble::default();
            let mut body = body_of(form(bytes).stretches("B", true), Arc::clone(&trouble), |_| {});
            let mut all = Vec::new();
            while let Some(Ok(piece)) = body.next().await {
                all.extend_from_slice(&piece);
            }
            assert!(body.next().await.is_none(), "it has ended");
            (all, trouble.lock().expect("lock").clone())
        };
        let told = |bytes| -> usize {
            let lengths = form(bytes).stretches("B", true).into_iter().map(|stretch| match stretch {
                Stretch::Text(text) => text.len(),
                Stretch::File(file) => usize::try_from(file.bytes).expect("short"),
            });
            lengths.sum()
        };
        let length = (PIECE * 2) as u64;
        let (all, trouble) = whole(length).await;
        assert_eq!((all.len(), trouble), (told(length), None), "what was written after the look does not come");
        let text = String::from_utf8_lossy(&all);
        assert!(text.contains("filename=\"a%22b.json\"\r\n") && text.ends_with("\r\n--B--\r\n"), "{}", &text[..400]);
        let (all, trouble) = whole(length + 100).await;
        assert!(all.len() < told(length + 100));
        let trouble = trouble.expect("a reason");
        assert!(trouble.contains("a\"b.json") && trouble.contains("shorter"), "{trouble}");
    }
}
