export * from "../shared/rpc-page.ts";
