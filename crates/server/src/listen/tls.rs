//! Connections by TLS: the certificate, which is renewed while the server runs, and what is spoken inside.

use super::general::{Parties, Version};
use super::stall::Patient;
use core::fmt;
use core::time::Duration;
use kinora_app::causes;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;
use tokio::net::TcpStream;
use tokio::signal::unix::Signal;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// A client that takes longer to agree on keys is cut off.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How often the files of the certificate are looked at.
const LOOK: Duration = Duration::from_mins(1);
/// What is spoken inside, as it is named in the handshake (RFC 7301), what is liked best first.
const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// Where a certificate and its key lie, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CertificateFiles {
    /// The certificate of the server, and those that lead to an authority behind it.
    pub(crate) certificate: PathBuf,
    /// The private key.
    pub(crate) key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    /// A file cannot be read, or is not PEM.
    #[error("{what} {}", path.display())]
    Unreadable {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// There is none in the file.
    #[error("{} holds no certificate", .0.display())]
    Empty(PathBuf),
    /// The key is of no use, or that of another certificate.
    #[error("the key {} and the certificate {} cannot be used together", key.display(), certificate.display())]
    Unfit {
        key: PathBuf,
        certificate: PathBuf,
        #[source]
        source: rustls::Error,
    },
}

/// The certificate, as it was read last.
pub(crate) struct Certificate {
    files: CertificateFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&self.files).finish()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Certificate {
    /// Reads it.
    ///
    /// # Errors
    /// It cannot be used.
    pub(crate) fn open(files: CertificateFiles) -> Result<Arc<Self>, CertificateError> {
        let current = RwLock::new(Arc::new(read(&files)?));
        Ok(Arc::new(Self { files, current }))
    }

    /// Takes up what takes its place in the files, until stopped: within a minute, or at a hangup signal.
    pub(crate) async fn keep(self: Arc<Self>, mut hangup: Signal, stop: CancellationToken) {
        let mut known = self.stamps();
        loop {
            let is_asked = tokio::select! {
                () = sleep(LOOK) => false,
                signal = hangup.recv() => signal.is_some(),
                () = stop.cancelled() => return,
            };
            let now = self.stamps();
            if is_asked || now != known {
                self.renew();
                known = now;
            }
        }
    }

    /// Reads the files again. While they are of no use, as when one of two was replaced, what was read before serves on.
    fn renew(&self) {
        match read(&self.files) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!(error = %causes(&error), "the certificate stays as it was"),
        }
    }

    /// When the files were written last.
    fn stamps(&self) -> [Option<SystemTime>; 2] {
        let written = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        [written(&self.files.certificate), written(&self.files.key)]
    }

    /// What agrees on keys with clients.
    ///
    /// # Errors
    /// The library refuses its own defaults.
    pub(crate) fn acceptor(self: Arc<Self>) -> Result<TlsAcceptor, rustls::Error> {
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self);
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn read(files: &CertificateFiles) -> Result<CertifiedKey, CertificateError> {
    let unreadable = |what, path: &Path| {
        let path = path.to_owned();
        move |source| CertificateError::Unreadable { what, path, source }
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable("reading the certificate", &files.certificate))?;
    if chain.is_empty() {
        return Err(CertificateError::Empty(files.certificate.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(unreadable("reading the key", &files.key))?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|source| CertificateError::Unfit {
        key: files.key.clone(),
        certificate: files.certificate.clone(),
        source,
    })
}

/// Agrees on keys with a client, and answers until one side ends it.
pub(super) async fn converse(acceptor: TlsAcceptor, stream: TcpStream, parties: Parties) {
    let handshake = tokio::select! {
        handshake = timeout(HANDSHAKE, acceptor.accept(Patient::new(stream))) => handshake,
        () = parties.stop.cancelled() => return,
    };
    let stream = match handshake {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(error = %causes(&error), "a client does not speak TLS as we do"),
        Err(_late) => return tracing::debug!("a client does not end its handshake"),
    };
    let version = if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) { Version::Http2 } else { Version::Http1 };
    parties.converse(stream, version).await;
}
