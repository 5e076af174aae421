export {
  createOutboundClient,
  type OutboundClient,
  type OutboundReply,
  type OutboundRequest,
} from "./outbound-client.ts";
