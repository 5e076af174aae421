export {
  convertText,
  environmentName,
  resolveServerConfig,
  ServerConfigSchema,
  type ConfigSource,
  type ServerConfig,
} from "./config/server-config.ts";
export { createTrailVerifier, type KnownHead, type Verdict } from "./features/audit/index.ts";
export { verifyAuditTrails } from "./verify-audit-trails.ts";
export type { Bootstrap } from "./installation/bootstrap.ts";
export { DomainError } from "./platform/errors.ts";
export { createLogger, type Logger } from "./platform/logger.ts";
export { startServer, type RunningServer, type ServerOptions } from "./start-server.ts";
