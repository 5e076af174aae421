export { createIssuerPlanes } from "./issuer-planes.ts";
