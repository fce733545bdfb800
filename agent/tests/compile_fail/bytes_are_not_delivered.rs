//! Bytes with a signature are nothing that the uplink takes, however well they are signed.
use candor::ship::CollectorLink;
use candor_uplink::Uplink;
use collector_proto::envelope::DetachedSignature;

async fn past_the_pipeline(link: &impl CollectorLink, body: Vec<u8>, signature: &DetachedSignature) {
    let _ = link.deliver(&(body, signature)).await;
}

async fn past_the_agent(uplink: &Uplink, body: Vec<u8>, signature: &DetachedSignature) {
    let _ = uplink.deliver(&(body, signature)).await;
}

fn main() {}
