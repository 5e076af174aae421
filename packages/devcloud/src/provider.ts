import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { attributePath, DiagnosticError, presentError, type Diagnostic } from "./diagnostic.ts";
import { sufferInjectedFaults, type Operation } from "./injected-faults.ts";
import { planResource } from "./plan-resource.ts";
import {
  checkConfig,
  machinesDataSource,
  machineSummaryFields,
  providerAttributes,
  resourceTypes,
  type ResourceType,
} from "./resource-types.ts";
import { conformToSchema, presentSchema, type Attribute } from "./schema.ts";
import { decodeValue, encodeValue, isUnknown, textOf, type DynamicValue, type ObjectValue } from "./value.ts";
import { deleteRecord, findRecord, listMachines, saveRecord } from "./world.ts";

export type ProviderDeps = {
  /** The environment's DEVCLOUD_ROOT, used when the configuration names no root. */
  readonly defaultRoot: string | undefined;
  readonly now: () => Date;
};

/** Fields as in the protocol; each method uses a few of them. Absent messages are null. */
export type RpcRequest = {
  readonly type_name: string;
  readonly id: string;
  readonly config: DynamicValue | null;
  readonly current_state: DynamicValue | null;
  readonly prior_state: DynamicValue | null;
  readonly planned_state: DynamicValue | null;
  readonly proposed_new_state: DynamicValue | null;
  readonly raw_state: { readonly json: Uint8Array } | null;
  readonly private: Uint8Array;
};

export type RpcResponse = { readonly [field: string]: unknown; readonly diagnostics?: readonly Diagnostic[] };
type RpcHandler<Request> = (request: Request) => RpcResponse | Promise<RpcResponse>;

/** All methods of the protocol by name, each with the part of the request it reads. They report, and never throw. */
export type Provider = ReturnType<typeof createProvider>;

const serverCapabilities = {
  // A destroy needs no plan, and the schema never changes: both save a round trip.
  plan_destroy: false,
  get_provider_schema_optional: true,
};

export function createProvider({ defaultRoot, now }: ProviderDeps) {
  const stop = new AbortController();
  let root: string | undefined;

  /** Fails for what needs the world before its place is known, as when `root` depends on a resource not yet made. */
  function knownRoot(): string {
    if (root !== undefined) return root;
    throw new DiagnosticError(
      "The root directory of devcloud is not known yet",
      'The "root" of the provider block depends on something that is only known after apply.',
    );
  }

  async function enter(operation: Operation, typeName: string): Promise<string> {
    const known = knownRoot();
    await sufferInjectedFaults(known, { operation, typeName }, stop.signal);
    return known;
  }

  function configure(request: Pick<RpcRequest, "config">): RpcResponse {
    const config = decodeValue(request.config) ?? {};
    if (isUnknown(config["root"])) return {};
    const chosen = config["root"] ? textOf(config, "root") : defaultRoot;
    if (!chosen) {
      const detail = 'Set "root" in the provider block, or DEVCLOUD_ROOT in the environment, to a directory.';
      return {
        diagnostics: [{ ...complain("devcloud has no root directory", detail), attribute: attributePath("root") }],
      };
    }
    root = resolve(chosen);
    return {};
  }

  async function readResource(request: Pick<RpcRequest, "type_name" | "current_state" | "private">) {
    const type = resourceTypeOf(request);
    const known = await enter("read", type.typeName);
    const current = decodeValue(request.current_state);
    const record = current && (await findRecord(known, type, textOf(current, "id")));
    return { new_state: encodeValue(record ?? null), private: request.private };
  }

  async function planChange(
    request: Pick<RpcRequest, "type_name" | "prior_state" | "proposed_new_state" | "config">,
  ): Promise<RpcResponse> {
    const type = resourceTypeOf(request);
    // Without a root there is no fault to inject, and a plan asks nothing of the world.
    if (root !== undefined) await enter("plan", type.typeName);
    const prior = decodeValue(request.prior_state);
    const proposed = decodeValue(request.proposed_new_state);
    const config = decodeValue(request.config);
    if (!proposed || !config) return { planned_state: encodeValue(null) };
    const { planned, requiresReplace } = planResource(type.attributes, { prior, proposed, config });
    return {
      planned_state: encodeValue(planned),
      requires_replace: requiresReplace.map(attributePath),
      // Again, since a value that was unknown at validation may be known by now.
      diagnostics: complaintsAbout(type.attributes, config),
    };
  }

  /** On failure the state stays as it was, so that the next plan starts from the truth. */
  async function applyChange(
    request: Pick<RpcRequest, "type_name" | "prior_state" | "planned_state">,
  ): Promise<RpcResponse> {
    try {
      const type = resourceTypeOf(request);
      const prior = decodeValue(request.prior_state);
      const planned = decodeValue(request.planned_state);
      return { new_state: encodeValue(await carryOut(type, prior, planned)) };
    } catch (error) {
      return { new_state: request.prior_state, diagnostics: [presentError(error)] };
    }
  }

  async function carryOut(type: ResourceType, prior: ObjectValue | null, planned: ObjectValue | null) {
    if (!prior) return planned && create(type, planned);
    const id = textOf(prior, "id");
    if (planned) return update(type, id, planned);
    await deleteRecord(await enter("delete", type.typeName), type, id);
    return null;
  }

  async function create(type: ResourceType, planned: ObjectValue): Promise<ObjectValue> {
    const known = await enter("create", type.typeName);
    const state = fillUnknown(planned, type.born(`${type.idPrefix}-${randomBytes(4).toString("hex")}`, now()));
    await saveRecord(known, type, presentRecord(type.attributes, state));
    return state;
  }

  async function update(type: ResourceType, id: string, planned: ObjectValue): Promise<ObjectValue> {
    const known = await enter("update", type.typeName);
    const current = await findRecord(known, type, id);
    if (!current)
      throw new DiagnosticError(`${type.typeName} ${id} is gone`, "It was deleted since the plan was made.");
    const state = fillUnknown(planned, type.revise?.(current) ?? {});
    await saveRecord(known, type, presentRecord(type.attributes, state));
    return state;
  }

  async function importResource(request: Pick<RpcRequest, "type_name" | "id">): Promise<RpcResponse> {
    const type = resourceTypeOf(request);
    const known = await enter("read", type.typeName);
    const record = await findRecord(known, type, request.id);
    if (!record) {
      throw new DiagnosticError(
        `There is no ${type.typeName} with the id "${request.id}"`,
        `Ids are the names of the files, without .json, in the folder ${type.folder} of ${known}.`,
      );
    }
    return { imported_resources: [{ type_name: type.typeName, state: encodeValue(record) }] };
  }

  async function readMachines(request: Pick<RpcRequest, "type_name" | "config">): Promise<RpcResponse> {
    const { typeName } = dataSourceOf(request);
    const known = await enter("read", typeName);
    const config = decodeValue(request.config) ?? {};
    const prefix = config["name_prefix"] ? textOf(config, "name_prefix") : "";
    const machines = (await listMachines(known)).filter(({ name }) => name.startsWith(prefix));
    const summaries = machines.map((machine) =>
      Object.fromEntries(Object.entries(machine).filter(([field]) => machineSummaryFields.includes(field))),
    );
    return { state: encodeValue({ ...config, machines: summaries }) };
  }

  return {
    GetMetadata: reporting(presentMetadata),
    GetProviderSchema: reporting(presentProviderSchema),
    GetFunctions: reporting(() => ({})),
    ValidateProviderConfig: reporting(() => ({})),
    ValidateResourceConfig: reporting(validateResource),
    ValidateDataResourceConfig: reporting((request: Pick<RpcRequest, "type_name">) => {
      dataSourceOf(request);
      return {};
    }),
    ConfigureProvider: reporting(configure),
    UpgradeResourceState: reporting(upgradeState),
    ReadResource: reporting(readResource),
    PlanResourceChange: reporting(planChange),
    ApplyResourceChange: reporting(applyChange),
    ImportResourceState: reporting(importResource),
    ReadDataSource: reporting(readMachines),
    StopProvider: reporting(() => {
      stop.abort();
      return {};
    }),
  };
}

function presentMetadata(): RpcResponse {
  return {
    server_capabilities: serverCapabilities,
    data_sources: [{ type_name: machinesDataSource.typeName }],
    resources: resourceTypes.map(({ typeName }) => ({ type_name: typeName })),
  };
}

function presentProviderSchema(): RpcResponse {
  return {
    provider: presentSchema(providerAttributes),
    resource_schemas: Object.fromEntries(
      resourceTypes.map(({ typeName, attributes }) => [typeName, presentSchema(attributes)]),
    ),
    data_source_schemas: { [machinesDataSource.typeName]: presentSchema(machinesDataSource.attributes) },
    server_capabilities: serverCapabilities,
  };
}

function validateResource(request: Pick<RpcRequest, "type_name" | "config">): RpcResponse {
  const { attributes } = resourceTypeOf(request);
  return { diagnostics: complaintsAbout(attributes, decodeValue(request.config) ?? {}) };
}

/** There is one version of each schema so far; what is missing or surplus in an older state is put right. */
function upgradeState(request: Pick<RpcRequest, "type_name" | "raw_state">): RpcResponse {
  const { typeName, attributes } = resourceTypeOf(request);
  if (!request.raw_state?.json.length) {
    throw new DiagnosticError(`The state of ${typeName} is not JSON`, "It was written by a Terraform before 0.12.");
  }
  const state = JSON.parse(Buffer.from(request.raw_state.json).toString("utf8")) as unknown;
  return { upgraded_state: encodeValue(conformToSchema(attributes, state, `The state of ${typeName}`)) };
}

function complaintsAbout(attributes: readonly Attribute[], config: ObjectValue): readonly Diagnostic[] {
  return checkConfig(attributes, config).map(({ attribute, complaint }) => ({
    ...complain(`Invalid ${attribute}`, complaint),
    attribute: attributePath(attribute),
  }));
}

function complain(summary: string, detail: string): Diagnostic {
  return { severity: "ERROR", summary, detail };
}

function resourceTypeOf(request: Pick<RpcRequest, "type_name">): ResourceType {
  const type = resourceTypes.find(({ typeName }) => typeName === request.type_name);
  if (type) return type;
  throw new DiagnosticError(`devcloud has no resource "${request.type_name}"`, "See the README of devcloud.");
}

function dataSourceOf(request: Pick<RpcRequest, "type_name">): typeof machinesDataSource {
  if (request.type_name === machinesDataSource.typeName) return machinesDataSource;
  throw new DiagnosticError(`devcloud has no data source "${request.type_name}"`, "See the README of devcloud.");
}

/** The known values of a plan are a promise to the CLI: only what was unknown may be chosen now. */
function fillUnknown(planned: ObjectValue, chosen: ObjectValue): ObjectValue {
  return Object.fromEntries(
    Object.entries(planned).map(([name, value]) => [name, isUnknown(value) ? (chosen[name] ?? null) : value]),
  );
}

/** The state as its file spells it: a large number that came as text becomes a number again. */
function presentRecord(attributes: readonly Attribute[], state: ObjectValue): ObjectValue {
  return Object.fromEntries(
    attributes.map(({ name, type }) => {
      const value = state[name] ?? null;
      return [name, type === "number" && value !== null ? Number(value) : value];
    }),
  );
}

/** Whatever goes wrong becomes a message at the terminal rather than a failed call, which looks like a crash. */
function reporting<Request>(handle: RpcHandler<Request>): (request: Request) => Promise<RpcResponse> {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      return { diagnostics: [presentError(error)] };
    }
  };
}
