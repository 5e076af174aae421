import type { Permission } from "../../features/access/index.ts";
import { operationNotServed } from "../shared/rpc-status.ts";
import type { Method, Route } from "../shared/plane.ts";
import { operation } from "./operation.ts";

/** Operations of the specification that have a place in the table and no answer yet. */
const rows: readonly (readonly [name: string, method: Method, path: string, needs: Permission])[] = [
  ["GetRunTaskConfig", "GET", "/runtasks/config", "registry:read"],
  ["UpdateRunTaskConfig", "PATCH", "/runtasks/config", "registry:admin"],
  ["RegenerateTFCRunTaskHmacKey", "PATCH", "/runtasks/hmac", "registry:admin"],
  // The answer holds the key that run tasks are signed with.
  ["GetRegistryTFCRunTaskAPI", "GET", "/runtasks/:task_type", "registry:admin"],
];

export function unservedRoutes(): Route[] {
  return rows.map(([name, method, path, needs]) =>
    operation({
      name,
      method,
      path,
      needs,
      handle: () => Promise.reject(operationNotServed(`the operation ${name}`)),
    }),
  );
}

/** For tests that walk the table. */
export const unservedOperations: readonly string[] = rows.map(([name]) => name);
