export { allowLogin, type LoginRequest } from "./authorize-login.ts";
export { commandLine } from "./login-client.ts";
export type { LoginDeps } from "./login-model.ts";
export { redeemLoginCode } from "./redeem-login-code.ts";
