//! One HTTP/1.1 message: just enough to read, change and write what agent and collector say to each other.

use std::io::{BufRead as _, BufReader, Read, Write};

/// A request or an answer with its body.
#[derive(Debug, Clone)]
pub struct Message {
    first: String,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// An answer that ends its connection.
    pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { first: format!("HTTP/1.1 {status} Answer"), headers: Vec::new(), body: body.into() }
    }

    /// Reads a message whose body is as long as it says; `None` where the other side went away.
    pub fn read(stream: &mut impl Read) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let mut lines = lines.into_iter();
        let first = lines.next()?;
        let headers = lines.filter_map(|line| {
            line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        let mut message = Self { first, headers: headers.collect(), body: Vec::new() };
        let length = message.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
        message.body = vec![0; length];
        reader.read_exact(&mut message.body).ok()?;
        Some(message)
    }

    /// Writes it as the last message of its connection.
    pub fn write(&self, stream: &mut impl Write) -> std::io::Result<()> {
        let mut head = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            if !["content-length", "connection"].contains(&name.as_str()) {
                head.extend([name, ": ", value, "\r\n"]);
            }
        }
        let end = format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len());
        stream.write_all((head + &end).as_bytes())?;
        stream.write_all(&self.body)?;
        stream.flush()
    }

    /// Path of a request, without its query.
    pub fn path(&self) -> &str {
        self.target().split_once('?').map_or(self.target(), |(path, _)| path)
    }

    /// Query of a request, where it has one.
    pub fn query(&self) -> Option<&str> {
        self.target().split_once('?').map(|(_, query)| query)
    }

    fn target(&self) -> &str {
        self.first.split(' ').nth(1).unwrap_or_default()
    }

    /// Whether an answer's status is 200.
    pub fn is_good(&self) -> bool {
        self.first.split(' ').nth(1) == Some("200")
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// Every header with its value, in their order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Sets a header, or takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// Changes the body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    pub fn edit(&mut self, edit: impl FnOnce(&mut serde_json::Value)) {
        let mut body = serde_json::from_slice(&self.body).expect("a body of JSON");
        edit(&mut body);
        self.body = body.to_string().into_bytes();
    }
}
