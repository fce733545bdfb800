//! Who is believed, and who is not.

use crate::peer::{Answer, Authority, LOOPBACK, Peer, deliver, endpoint, told, uplink};
use candor_uplink::{CertificateProblem, Stage, Timeouts, Uplink, UplinkError};
use std::time::Duration;

#[tokio::test]
async fn another_authority_is_not_believed() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let peer = Peer::tls(&theirs.server(LOOPBACK), Answer::receipt()).await;
    let error = deliver(&uplink(&peer, &ours)).await.unwrap_err();
    assert!(
        matches!(&error, UplinkError::Certificate { problem: CertificateProblem::Issuer, address, .. } if *address == peer.url()),
        "{error:?}"
    );
    assert!(error.to_string().contains("another authority"), "{error}");
    assert!(error.is_transient());
    assert!(peer.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_believed() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server("collector.example"), Answer::receipt()).await;
    let error = deliver(&uplink(&peer, &authority)).await.unwrap_err();
    assert!(matches!(error, UplinkError::Certificate { problem: CertificateProblem::Name, .. }), "{error:?}");
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn an_expired_certificate_is_not_believed() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.expired_server(LOOPBACK), Answer::receipt()).await;
    let error = deliver(&uplink(&peer, &authority)).await.unwrap_err();
    assert!(
        matches!(error, UplinkError::Certificate { problem: CertificateProblem::Dates, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("clock"), "{error}");
}

#[tokio::test]
async fn a_server_that_knows_only_tls_1_2_is_refused() {
    let authority = Authority::new();
    let identity = authority.server(LOOPBACK);
    let peer = Peer::with_versions(&identity, &[&rustls::version::TLS12], Answer::receipt()).await;
    let error = deliver(&uplink(&peer, &authority)).await.unwrap_err();
    assert!(matches!(error, UplinkError::TlsVersion { .. }), "{error:?}");
    assert!(error.to_string().contains("TLS 1.3"), "{error}");
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn a_server_without_tls_is_named_as_such() {
    let authority = Authority::new();
    // A plain HTTP server takes the TLS greeting for a bad request line and says so at once.
    let listener = tokio::net::TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut greeting = [0; 2048];
            let _ = stream.read(&mut greeting).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    let uplink = Uplink::new(&endpoint(&[url], &authority), Timeouts::default()).unwrap();
    let error = deliver(&uplink).await.unwrap_err();
    assert!(matches!(error, UplinkError::NotTls { .. }), "{error:?}");
    assert!(told(&error).contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn a_server_that_waits_for_plain_http_times_out() {
    let authority = Authority::new();
    let peer = Peer::plain(Answer::receipt()).await;
    let timeouts = Timeouts { connect: Duration::from_millis(300), ..Timeouts::default() };
    let uplink = Uplink::new(&endpoint(&[peer.url()], &authority), timeouts).unwrap();
    let error = deliver(&uplink).await.unwrap_err();
    assert!(matches!(error, UplinkError::Timeout { stage: Stage::Connecting, .. }), "{error:?}");
}

#[test]
fn an_address_without_tls_is_refused_before_anything_is_sent() {
    let urls = ["http://collector.example".to_owned()];
    let error = Uplink::new(&endpoint(&urls, &Authority::new()), Timeouts::default()).err().unwrap();
    assert!(matches!(error, UplinkError::PlainHttp { .. }), "{error:?}");
    assert!(error.to_string().contains("unencrypted"), "{error}");
    assert!(!error.is_transient());
    let none = Uplink::new(&endpoint(&[], &Authority::new()), Timeouts::default()).err().unwrap();
    assert!(matches!(none, UplinkError::NoAddress));
}
