//! A blocking socket to a sound server, with limits on every wait.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream, ToSocketAddrs},
    os::unix::net::UnixStream,
    time::Duration,
};

use super::address::{Address, Family};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_millis(700);
/// Longest wait until a server takes what it asked for.
const WRITE: Duration = Duration::from_secs(2);

/// Either kind of socket.
pub(in crate::playback) enum Socket {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Socket {
    pub(in crate::playback) fn connect(address: &Address) -> io::Result<Self> {
        let socket = match address {
            Address::Unix(path) => Self::Unix(UnixStream::connect(path)?),
            Address::Tcp { host, port, family } => Self::Tcp(connect_tcp(host, *port, *family)?),
        };
        match &socket {
            Self::Unix(stream) => stream.set_write_timeout(Some(WRITE))?,
            Self::Tcp(stream) => {
                stream.set_write_timeout(Some(WRITE))?;
                stream.set_nodelay(true)?;
            }
        }
        Ok(socket)
    }

    pub(in crate::playback) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
        })
    }

    /// `None`: a read waits for ever (until the socket is shut down).
    pub(in crate::playback) fn set_read_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.set_read_timeout(limit),
            Self::Tcp(stream) => stream.set_read_timeout(limit),
        }
    }

    /// Ends both directions; a thread that reads wakes up.
    pub(in crate::playback) fn shut_down(&self) {
        let _ = match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}

fn connect_tcp(host: &str, port: u16, family: Family) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "that name has no address");
    for address in (host, port).to_socket_addrs()?.take(4) {
        let wanted = match family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        };
        if wanted {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
    }
    Err(last)
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(buffer),
            Self::Tcp(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.flush(),
            Self::Tcp(stream) => stream.flush(),
        }
    }
}
