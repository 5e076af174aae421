import {
  listBucketPackages,
  listBuildPackages,
  type PackageFilter,
  type PackageOrder,
  type PackagesOfPlace,
} from "../../features/sboms/index.ts";
import type { KeysetPage } from "../../platform/keyset.ts";
import type { Route } from "../shared/plane.ts";
import { buildRef } from "./build-routes.ts";
import { operation, type OperationCall } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, parseSorting, presentPagination, type Sorting } from "./page.ts";
import { presentPackage } from "./present-sbom.ts";
import { queryText } from "./request-body.ts";

const packageOrders: readonly PackageOrder[] = ["name", "version", "purl"];

/** What builds and buckets are made of. */
export function packageRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "ListBuildPackages",
      method: "GET",
      path: "/buckets/:bucket_name/versions/:fingerprint/builds/:build_id/packages",
      needs: "registry:read",
      handle: (call) =>
        answerPage(deps, call, (options) => listBuildPackages(deps.db, call.actor, buildRef(call), options)),
    }),

    operation({
      name: "ListBucketPackages",
      method: "GET",
      path: "/buckets/:bucket_name/packages",
      needs: "registry:read",
      handle: (call) =>
        answerPage(deps, call, (options) => listBucketPackages(deps.db, call.actor, call.bucket, options)),
    }),
  ];
}

interface ListOptions {
  readonly filter: PackageFilter;
  readonly page: KeysetPage;
  readonly sorting: readonly Sorting<PackageOrder>[];
}

async function answerPage(
  deps: HcpPackerDeps,
  call: OperationCall<unknown>,
  list: (options: ListOptions) => Promise<PackagesOfPlace>,
) {
  const sorting = parseSorting(call.query, packageOrders, { field: "name", descending: false });
  const order = pageOrder(deps, call, sorting);
  const { packages } = await list({
    filter: parsePackageFilter(call.query),
    page: parsePage(call.query, order),
    sorting,
  });
  return {
    packages: packages.items.map(presentPackage),
    pagination: presentPagination(packages, order),
  };
}

/** The three filters of every list of packages. Errors: invalid/query. */
export function parsePackageFilter(query: OperationCall<unknown>["query"]): PackageFilter {
  return {
    name: queryText(query, "package_name"),
    nameStartsWith: queryText(query, "package_name_starts_with"),
    version: queryText(query, "package_version"),
  };
}
