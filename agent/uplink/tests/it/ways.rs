//! Several addresses, and proxies.

use crate::peer::{Answer, Authority, LOOPBACK, Peer, Proxy, dead_url, deliver, endpoint, receipt, told};
use candor_uplink::{CertificateProblem, Endpoint, ProxyChoice, Timeouts, Uplink, UplinkError};
use collector_proto::contract::CONTRACT;
use collector_proto::http_signature::{ReceivedHeaders, RequestParts, verify};
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;
use std::process::Command;

#[tokio::test]
async fn a_dead_address_is_named() {
    let (authority, url) = (Authority::new(), dead_url().await);
    let uplink = Uplink::new(&endpoint(std::slice::from_ref(&url), &authority), Timeouts::default()).unwrap();
    let error = deliver(&uplink).await.unwrap_err();
    assert!(matches!(&error, UplinkError::Unreachable { address, proxy: None, .. } if *address == url));
    assert!(error.is_transient());
    // The last cause is the network's own word.
    assert!(told(&error).contains("refused"), "{}", told(&error));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_unreachable() {
    // RFC 6761: .invalid never resolves.
    let urls = ["https://collector.invalid".to_owned()];
    let uplink = Uplink::new(&endpoint(&urls, &Authority::new()), Timeouts::default()).unwrap();
    let error = deliver(&uplink).await.unwrap_err();
    assert!(matches!(error, UplinkError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn the_next_address_is_tried_and_signed_for() {
    let authority = Authority::new();
    let strange = Peer::tls(&Authority::new().server(LOOPBACK), Answer::receipt()).await;
    let good = Peer::tls(&authority.server(LOOPBACK), Answer::json(r#"{"roots":[]}"#)).await;
    let urls = [dead_url().await, strange.url(), good.url()];
    let uplink = Uplink::new(&endpoint(&urls, &authority), Timeouts::default()).unwrap();
    let now = UtcTime::from_unix(1_800_000_000);
    uplink.documents(&crate::peer::key(), None, now, &SystemRandom::new()).await.unwrap();
    assert!(strange.requests().is_empty());
    let request = good.only_request();
    let at = format!("{LOOPBACK}:{}", good.port);
    let parts =
        RequestParts { method: "GET", authority: &at, path: "/v1/policy", query: None, contract: CONTRACT };
    let headers = ReceivedHeaders {
        signature_input: request.header("signature-input").unwrap(),
        signature: request.header("signature").unwrap(),
        content_digest: None,
    };
    let public = crate::peer::key().public().clone();
    assert!(verify(parts, headers, None, |_| Some(public), now).is_ok());
}

#[tokio::test]
async fn a_refusal_is_final_for_all_addresses() {
    let authority = Authority::new();
    let identity = authority.server(LOOPBACK);
    let busy = Peer::tls(&identity, Answer::new("503 x", &[], "")).await;
    let second = Peer::tls(&identity, Answer::receipt()).await;
    let urls = [busy.url(), second.url()];
    let uplink = Uplink::new(&endpoint(&urls, &authority), Timeouts::default()).unwrap();
    let error = deliver(&uplink).await.unwrap_err();
    assert!(matches!(error, UplinkError::Status { status: 503, .. }), "{error:?}");
    assert!(second.requests().is_empty());
}

#[tokio::test]
async fn a_wrong_certificate_is_told_before_a_dead_address() {
    let authority = Authority::new();
    let strange = Peer::tls(&Authority::new().server(LOOPBACK), Answer::receipt()).await;
    for urls in [[strange.url(), dead_url().await], [dead_url().await, strange.url()]] {
        let uplink = Uplink::new(&endpoint(&urls, &authority), Timeouts::default()).unwrap();
        let error = deliver(&uplink).await.unwrap_err();
        assert!(
            matches!(error, UplinkError::Certificate { problem: CertificateProblem::Issuer, .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_configured_proxy_opens_a_tunnel() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::receipt()).await;
    let proxy = Proxy::start(None).await;
    let choice = ProxyChoice::Url(format!("http://user:hunter2@{LOOPBACK}:{}", proxy.port));
    let through = Endpoint { proxy: choice, ..endpoint(&[peer.url()], &authority) };
    let uplink = Uplink::new(&through, Timeouts::default()).unwrap();
    assert_eq!(deliver(&uplink).await.unwrap(), receipt());
    let connects = proxy.requests();
    assert_eq!(connects.len(), 1);
    assert_eq!(connects[0].line(), format!("CONNECT {LOOPBACK}:{} HTTP/1.1", peer.port));
    assert_eq!(connects[0].header("proxy-authorization"), Some("Basic dXNlcjpodW50ZXIy"));
    // What is for the proxy stays there, and the other way round.
    assert_eq!(peer.only_request().header("proxy-authorization"), None);
    assert_eq!(connects[0].header("dsse-signature"), None);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_without_its_password() {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::receipt()).await;
    for refusal in ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"] {
        let proxy = Proxy::start(Some(refusal)).await;
        let choice = ProxyChoice::Url(format!("http://user:hunter2@{LOOPBACK}:{}", proxy.port));
        let through = Endpoint { proxy: choice, ..endpoint(&[peer.url()], &authority) };
        let error = deliver(&Uplink::new(&through, Timeouts::default()).unwrap()).await.unwrap_err();
        assert!(matches!(error, UplinkError::Unreachable { proxy: Some(_), .. }), "{error:?}");
        assert!(error.to_string().contains(&format!("proxy {LOOPBACK}:{}", proxy.port)), "{error}");
        assert!(!format!("{} {error:?}", told(&error)).contains("hunter2"));
    }
    assert!(peer.requests().is_empty(), "a refusing proxy is not gone round");
}

#[tokio::test]
async fn a_proxy_that_is_no_http_proxy_is_refused() {
    let choice = ProxyChoice::Url("socks5://127.0.0.1:1080".to_owned());
    let through = Endpoint { proxy: choice, ..endpoint(&[dead_url().await], &Authority::new()) };
    let refused = Uplink::new(&through, Timeouts::default()).err();
    assert!(matches!(refused, Some(UplinkError::Proxy(_))), "{refused:?}");
}

/// Set in the process that the test below starts: it delivers once with the environment that it was given.
const CHILD: &str = "CANDOR_TEST_UPLINK_URL";
const CHILD_CA: &str = "CANDOR_TEST_UPLINK_CA";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_names_the_proxy_and_the_exceptions() {
    if let (Ok(url), Ok(ca_pem)) = (std::env::var(CHILD), std::env::var(CHILD_CA)) {
        let endpoint = Endpoint { urls: vec![url], ca_pem, proxy: ProxyChoice::Environment };
        deliver(&Uplink::new(&endpoint, Timeouts::default()).unwrap()).await.unwrap();
        return;
    }
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), Answer::receipt()).await;
    let proxy = Proxy::start(None).await;
    let address = format!("http://{LOOPBACK}:{}", proxy.port);
    for (variables, through_proxy) in [
        (vec![("HTTPS_PROXY", &*address)], true),
        (vec![("all_proxy", &*address)], true),
        (vec![("https_proxy", &*address), ("NO_PROXY", "example.org,127.0.0.0/8")], false),
        (vec![("HTTP_PROXY", &*address)], false),
        (vec![], false),
    ] {
        let (tunnels, answered) = (proxy.requests().len(), peer.requests().len());
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "ways::the_environment_names_the_proxy_and_the_exceptions"]);
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
            child.env_remove(name).env_remove(name.to_lowercase());
        }
        child.env(CHILD, peer.url()).env(CHILD_CA, authority.pem()).envs(variables.clone());
        let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{variables:?}: {}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(peer.requests().len(), answered + 1, "{variables:?}");
        assert_eq!(proxy.requests().len() > tunnels, through_proxy, "{variables:?}");
    }
}
