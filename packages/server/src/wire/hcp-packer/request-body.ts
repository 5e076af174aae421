export * from "../shared/rpc-body.ts";
