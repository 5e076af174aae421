import type { WebhookDeps } from "../../features/webhooks/index.ts";
import type { PageSigner } from "../../platform/page-signer.ts";

export interface HcpWebhookDeps extends WebhookDeps {
  readonly pageSigner: PageSigner;
}
