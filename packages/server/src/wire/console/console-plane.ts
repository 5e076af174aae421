import { DomainError } from "../../platform/errors.ts";
import type { AssessmentDeps } from "../../features/assessments/index.ts";
import type { AdvisoryImportDeps } from "../../features/vulnerabilities/index.ts";
import type { NotificationDeps } from "../../features/notifications/index.ts";
import { authenticateCaller } from "../shared/bearer.ts";
import { presentJsonError } from "../shared/json-errors.ts";
import { ok, type Plane, type Route } from "../shared/plane.ts";
import { advisoryRoutes } from "./advisory-routes.ts";
import { alertRoutes } from "./alert-routes.ts";
import { assessmentRoutes } from "./assessment-routes.ts";
import { auditRoutes, type AuditRoutesDeps } from "./audit-routes.ts";
import type { SignInDeps } from "./console-deps.ts";
import { enforcementRoutes } from "./enforcement-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { imageUseRoutes } from "./image-use-routes.ts";
import { invitationRoutes } from "./invitation-routes.ts";
import { loginRoutes } from "./login-routes.ts";
import { memberRoutes, type MemberRoutesDeps } from "./member-routes.ts";
import { notificationRoutes } from "./notification-routes.ts";
import { describeApi } from "./openapi.ts";
import { packageRoutes } from "./package-routes.ts";
import { revocationRoutes, type RevocationRoutesDeps } from "./revocation-routes.ts";
import { runRoutes, type RunRoutesDeps } from "./run-routes.ts";
import { runnerTokenRoutes } from "./runner-token-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { teamAccessRoutes } from "./team-access-routes.ts";
import { teamRoutes } from "./team-routes.ts";
import { tokenRoutes } from "./token-routes.ts";
import { vulnerabilityRoutes } from "./vulnerability-routes.ts";
import { workspaceRoutes, type WorkspaceRoutesDeps } from "./workspace-routes.ts";

export interface ConsolePlaneDeps
  extends
    SignInDeps,
    RunRoutesDeps,
    WorkspaceRoutesDeps,
    RevocationRoutesDeps,
    NotificationDeps,
    AuditRoutesDeps,
    MemberRoutesDeps {
  readonly assessments: AssessmentDeps;
  readonly advisoryImports: AdvisoryImportDeps;
}

/** Ingot's own API below `/api/v1`: what neither published contract has a word for. */
export function createConsolePlane(deps: ConsolePlaneDeps): Plane {
  const routes = [
    ...sessionRoutes(deps),
    ...loginRoutes(deps),
    ...invitationRoutes(deps),
    ...memberRoutes(deps),
    ...teamRoutes(deps),
    ...teamAccessRoutes(deps),
    ...tokenRoutes(deps),
    ...eventRoutes(deps),
    ...imageUseRoutes(deps),
    ...runRoutes(deps),
    ...assessmentRoutes(deps.assessments),
    ...workspaceRoutes(deps),
    ...revocationRoutes(deps),
    ...enforcementRoutes(deps),
    ...searchRoutes(deps),
    ...packageRoutes(deps),
    ...alertRoutes(deps),
    ...notificationRoutes(deps),
    ...runnerTokenRoutes(deps),
    ...advisoryRoutes(deps.advisoryImports),
    ...auditRoutes(deps),
    ...vulnerabilityRoutes(deps),
  ];
  return {
    name: "console",
    prefixes: ["/api/v1"],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateCaller(deps),
    presentError: presentJsonError,
    unknownPath: () => new DomainError("not_found", "no_such_path", "Nothing is served at this path below /api/v1."),
    onClosing: () => deps.feed.close(),
    routes: [...routes, openApiRoute(routes)],
  };
}

function openApiRoute(routes: readonly Route[]): Route {
  const document = describeApi(routes);
  return {
    method: "GET",
    path: "/openapi.json",
    needs: "public",
    audit: "openapi.read",
    handle: async () => ok(document),
  };
}
