//! Getting the bytes behind an address, within limits: only http and https, only addresses that the guard permits (the
//! one that is connected to is the one that was checked), a few redirects that are checked anew, a time and a size.

use crate::Guard;
use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, LOCATION},
    redirect::Policy,
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::net::TcpStream;
use url::{Host, Url};

const CONNECT_SECONDS: u64 = 10;
const TOTAL_SECONDS: u64 = 120;
const REDIRECTS_MAXIMUM: usize = 5;
/// Who asks, and where to read about it.
pub const USER_AGENT: &str =
    concat!("labelwright/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");

/// Why nothing was fetched. The sentences hold nothing of what the other side said.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("this is no http or https address")]
    NotAnAddress,
    #[error("the address leads into a private network; the operator may allow it")]
    Forbidden,
    #[error("the other side answered {0}")]
    Refused(u16),
    #[error("the address leads to more than {REDIRECTS_MAXIMUM} others")]
    TooManyRedirects,
    #[error("there are more than {0} bytes")]
    TooLarge(u64),
    #[error("the other side cannot be reached or is too slow")]
    Unreachable,
    #[error("what the other side sent is damaged")]
    Damaged,
}

impl FetchError {
    /// May it succeed when it is tried again?
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Refused(429 | 500..=599))
    }
}

/// What was behind an address.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub bytes: Bytes,
    /// What the other side called it; never to be believed.
    pub content_type: Option<String>,
}

/// Fetches addresses under a guard. Cheap to clone; the client is made with the first use.
#[derive(Clone)]
pub struct Fetcher {
    guard: Arc<Guard>,
    client: Arc<OnceLock<Client>>,
}

impl Fetcher {
    pub fn new(guard: Guard) -> Self {
        Self { guard: Arc::new(guard), client: Arc::default() }
    }

    pub(crate) fn client(&self) -> Result<&Client, FetchError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let built = Client::builder()
            .user_agent(USER_AGENT)
            .dns_resolver(Arc::new(Resolver { guard: Arc::clone(&self.guard) }))
            .redirect(Policy::none())
            // A proxy from the environment would resolve names where the guard does not see it.
            .no_proxy()
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .timeout(Duration::from_secs(TOTAL_SECONDS))
            .build()
            .map_err(|_| FetchError::Unreachable)?;
        Ok(self.client.get_or_init(|| built))
    }

    /// The bytes behind an address, `most` of them at most.
    pub async fn fetch(&self, address: &str, most: u64) -> Result<Fetched, FetchError> {
        let mut url = Url::parse(address).map_err(|_| FetchError::NotAnAddress)?;
        for _ in 0..=REDIRECTS_MAXIMUM {
            self.check(&url)?;
            let mut response = self.client()?.get(url.clone()).send().await.map_err(|error| reason(&error))?;
            let status = response.status();
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                let next = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
                url = next.and_then(|next| url.join(next).ok()).ok_or(FetchError::Refused(status.as_u16()))?;
                continue;
            }
            if !status.is_success() {
                return Err(FetchError::Refused(status.as_u16()));
            }
            if response.content_length().is_some_and(|length| length > most) {
                return Err(FetchError::TooLarge(most));
            }
            let content_type =
                response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let mut bytes = BytesMut::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
                if bytes.len() as u64 + chunk.len() as u64 > most {
                    return Err(FetchError::TooLarge(most));
                }
                bytes.extend_from_slice(&chunk);
            }
            return Ok(Fetched { bytes: bytes.freeze(), content_type });
        }
        Err(FetchError::TooManyRedirects)
    }

    /// A connection that is no HTTP: to an address that was judged in the same step in which the name was resolved.
    ///
    /// # Errors
    /// When the guard refuses any of the name's addresses, or none of them answers in time.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, FetchError> {
        let reached = async {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host, port)).await.map_err(|_| FetchError::Unreachable)?.collect();
            if found.iter().any(|address| !self.guard.permits(address.ip())) {
                return Err(FetchError::Forbidden);
            }
            TcpStream::connect(&found[..]).await.map_err(|_| FetchError::Unreachable)
        };
        let waited = tokio::time::timeout(Duration::from_secs(CONNECT_SECONDS), reached).await;
        waited.map_err(|_| FetchError::Unreachable)?
    }

    /// May what listens on this machine alone be reached?
    pub(crate) fn permits_this_machine(&self) -> bool {
        self.guard.permits(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// Names are judged when they are resolved; addresses that are written out never reach the resolver.
    pub(crate) fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::NotAnAddress);
        }
        let address = match url.host().ok_or(FetchError::NotAnAddress)? {
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
            Host::Domain(_) => return Ok(()),
        };
        if self.guard.permits(address) { Ok(()) } else { Err(FetchError::Forbidden) }
    }
}

/// The resolver's refusal lies somewhere in the chain of an error.
pub(crate) fn reason(error: &reqwest::Error) -> FetchError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if inner.downcast_ref::<FetchError>().is_some_and(|inner| matches!(inner, FetchError::Forbidden)) {
            return FetchError::Forbidden;
        }
        source = inner.source();
    }
    FetchError::Unreachable
}

/// Resolves and judges in one step: what is connected to is what was checked, so that a name that changes its address in
/// between (DNS rebinding) gains nothing.
struct Resolver {
    guard: Arc<Guard>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() || found.iter().any(|address| !guard.permits(address.ip())) {
                return Err(FetchError::Forbidden.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// A server on loopback that gives every request the same answer.
    async fn answering(answer: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    drop(stream.read(&mut request).await);
                    drop(stream.write_all(answer.as_bytes()).await);
                });
            }
        });
        format!("http://{address}/")
    }

    fn ok(body: &str) -> String {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    fn local() -> Fetcher {
        Fetcher::new(Guard::allowing(["127.0.0.1"]).unwrap())
    }

    #[tokio::test]
    async fn bytes_up_to_the_limit_and_not_one_more() {
        let address = answering(ok("hello")).await;
        let fetched = local().fetch(&address, 5).await.unwrap();
        assert_eq!((&fetched.bytes[..], fetched.content_type.as_deref()), (&b"hello"[..], Some("text/plain")));
        assert!(matches!(local().fetch(&address, 4).await, Err(FetchError::TooLarge(4))));
        // The same without an announced length.
        let address = answering("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello".into()).await;
        assert!(matches!(local().fetch(&address, 4).await, Err(FetchError::TooLarge(4))));
    }

    #[tokio::test]
    async fn addresses_that_lead_inside_are_refused() {
        let inside = answering(ok("secret")).await;
        let port = inside.rsplit(':').next().unwrap().to_owned();
        let guarded = Fetcher::new(Guard::default());
        for address in [
            inside.clone(),
            format!("http://localhost:{port}"),
            format!("http://0x7f.1:{port}"),
            format!("http://2130706433:{port}"),
            format!("http://[::ffff:127.0.0.1]:{port}"),
            format!("http://[::1]:{port}"),
            format!("http://0:{port}"),
        ] {
            let refused = guarded.fetch(&address, 100).await;
            assert!(matches!(refused, Err(FetchError::Forbidden)), "{address}: {refused:?}");
        }
        // Whether the name with its dot is known depends on the machine; inside it may not lead.
        assert!(guarded.fetch(&format!("http://localhost.:{port}"), 100).await.is_err());
        for address in ["file:///etc/passwd", "gopher://example.org/", "ftp://example.org/x", "data:,x", "no address"] {
            assert!(matches!(guarded.fetch(address, 100).await, Err(FetchError::NotAnAddress)), "{address}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_checked_like_a_first_address() {
        for (target, forbidden) in [("http://169.254.169.254/latest/", true), ("file:///etc/passwd", false)] {
            let answer =
                format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let refused = local().fetch(&answering(answer).await, 100).await;
            match refused {
                Err(FetchError::Forbidden) => assert!(forbidden),
                Err(FetchError::NotAnAddress) => assert!(!forbidden),
                other => panic!("{target}: {other:?}"),
            }
        }
        let around = "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let refused = local().fetch(&answering(around.into()).await, 100).await;
        assert!(matches!(refused, Err(FetchError::TooManyRedirects)));
    }

    #[tokio::test]
    async fn refusals_say_how_and_whether_to_try_again() {
        let address =
            answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into()).await;
        let refused = local().fetch(&address, 100).await.unwrap_err();
        assert!(matches!(refused, FetchError::Refused(404)) && !refused.is_passing());
        let gone = local().fetch("http://127.0.0.1:1/", 100).await.unwrap_err();
        assert!(matches!(gone, FetchError::Unreachable) && gone.is_passing());
    }
}
