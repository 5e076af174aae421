export { parseAllowedTargets } from "./address-rules.ts";
export {
  createOutboundClient,
  type OutboundClient,
  type OutboundReply,
  type OutboundRequest,
} from "./outbound-client.ts";
