//! Which reports of a device are stored: what its ledger is compared with.

use crate::collector::Collector;
use crate::issue;
use crate::refusal::RequestRefusal;
use crate::signed_request::Asker;
use collector_proto::http_signature::{ReceivedHeaders, RequestParts};

impl Collector {
    /// The envelope of the head of whoever signed the request.
    pub async fn head_for(
        &self,
        parts: RequestParts<'_>,
        headers: ReceivedHeaders<'_>,
    ) -> Result<Vec<u8>, RequestRefusal> {
        let Asker { device, nonce } = self.asker(parts, headers).await?;
        let streams = self.store.stream_heads(device.device_id).await?;
        let now = (self.clock)();
        Ok(issue::head(&*self.receipt_key().await?, &self.id, device.device_id, &nonce, streams, now)?)
    }
}
