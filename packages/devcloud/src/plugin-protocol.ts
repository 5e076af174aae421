import type { fromJSON } from "@grpc/proto-loader";

/**
 * The services that a plugin for Terraform or OpenTofu answers, as a descriptor for proto-loader: protocol 6 as far
 * as devcloud speaks it, go-plugin's own services, and gRPC's health check. The CLIs treat a method that is missing
 * here (identity, ephemeral resources, moves, actions) as a capability that the provider does not have.
 *
 * A module rather than a .proto file, so that it is found from dist as well. Fields are written "number type".
 */

type Descriptor = Parameters<typeof fromJSON>[0];
type Message = { readonly fields: Record<string, Field> };
type Field = { readonly id: number; readonly type: string; readonly rule?: "repeated"; readonly keyType?: "string" };
type Fields = { readonly [name: string]: string };
type Rpc = { readonly request: Fields; readonly response: Fields };

const providerRpcs: { readonly [name: string]: Rpc } = {
  GetMetadata: {
    request: {},
    response: {
      server_capabilities: "1 ServerCapabilities",
      diagnostics: "2 repeated Diagnostic",
      data_sources: "3 repeated TypeName",
      resources: "4 repeated TypeName",
    },
  },
  GetProviderSchema: {
    request: {},
    response: {
      provider: "1 Schema",
      resource_schemas: "2 map Schema",
      data_source_schemas: "3 map Schema",
      diagnostics: "4 repeated Diagnostic",
      server_capabilities: "6 ServerCapabilities",
    },
  },
  GetFunctions: { request: {}, response: { diagnostics: "2 repeated Diagnostic" } },
  ValidateProviderConfig: {
    request: { config: "1 DynamicValue" },
    response: { diagnostics: "2 repeated Diagnostic" },
  },
  ValidateResourceConfig: {
    request: { type_name: "1 string", config: "2 DynamicValue" },
    response: { diagnostics: "1 repeated Diagnostic" },
  },
  ValidateDataResourceConfig: {
    request: { type_name: "1 string", config: "2 DynamicValue" },
    response: { diagnostics: "1 repeated Diagnostic" },
  },
  ConfigureProvider: {
    request: { terraform_version: "1 string", config: "2 DynamicValue" },
    response: { diagnostics: "1 repeated Diagnostic" },
  },
  UpgradeResourceState: {
    request: { type_name: "1 string", version: "2 int64", raw_state: "3 RawState" },
    response: { upgraded_state: "1 DynamicValue", diagnostics: "2 repeated Diagnostic" },
  },
  ReadResource: {
    request: { type_name: "1 string", current_state: "2 DynamicValue", private: "3 bytes" },
    response: { new_state: "1 DynamicValue", diagnostics: "2 repeated Diagnostic", private: "3 bytes" },
  },
  PlanResourceChange: {
    request: {
      type_name: "1 string",
      prior_state: "2 DynamicValue",
      proposed_new_state: "3 DynamicValue",
      config: "4 DynamicValue",
    },
    response: {
      planned_state: "1 DynamicValue",
      requires_replace: "2 repeated AttributePath",
      diagnostics: "4 repeated Diagnostic",
    },
  },
  ApplyResourceChange: {
    request: {
      type_name: "1 string",
      prior_state: "2 DynamicValue",
      planned_state: "3 DynamicValue",
      config: "4 DynamicValue",
    },
    response: { new_state: "1 DynamicValue", diagnostics: "3 repeated Diagnostic" },
  },
  ImportResourceState: {
    request: { type_name: "1 string", id: "2 string" },
    response: { imported_resources: "1 repeated ImportedResource", diagnostics: "2 repeated Diagnostic" },
  },
  ReadDataSource: {
    request: { type_name: "1 string", config: "2 DynamicValue" },
    response: { state: "1 DynamicValue", diagnostics: "2 repeated Diagnostic" },
  },
  StopProvider: { request: {}, response: { Error: "1 string" } },
};

const sharedMessages: { readonly [name: string]: Fields } = {
  DynamicValue: { msgpack: "1 bytes", json: "2 bytes" },
  RawState: { json: "1 bytes" },
  Diagnostic: { severity: "1 Severity", summary: "2 string", detail: "3 string", attribute: "4 AttributePath" },
  AttributePath: { steps: "1 repeated Step" },
  // In truth a choice of three; only names are ever sent from here.
  Step: { attribute_name: "1 string" },
  ServerCapabilities: { plan_destroy: "1 bool", get_provider_schema_optional: "2 bool" },
  Schema: { version: "1 int64", block: "2 Block" },
  Block: { attributes: "2 repeated Attribute" },
  Attribute: {
    name: "1 string",
    type: "2 bytes",
    description: "3 string",
    required: "4 bool",
    optional: "5 bool",
    computed: "6 bool",
    sensitive: "7 bool",
  },
  TypeName: { type_name: "1 string" },
  ImportedResource: { type_name: "1 string", state: "2 DynamicValue" },
};

const pluginPackage = {
  ...messages({
    Empty: {},
    ConnInfo: { service_id: "1 uint32", network: "2 string", address: "3 string" },
    StdioData: { channel: "1 int32", data: "2 bytes" },
  }),
  GRPCController: { methods: { Shutdown: { requestType: "Empty", responseType: "Empty" } } },
  GRPCBroker: {
    methods: {
      StartStream: { requestType: "ConnInfo", requestStream: true, responseType: "ConnInfo", responseStream: true },
    },
  },
  GRPCStdio: { methods: { StreamStdio: { requestType: "Empty", responseType: "StdioData", responseStream: true } } },
};

const healthPackage = {
  ...messages({ HealthCheckRequest: { service: "1 string" }, HealthCheckResponse: { status: "1 ServingStatus" } }),
  ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2 } },
  Health: { methods: { Check: { requestType: "HealthCheckRequest", responseType: "HealthCheckResponse" } } },
};

/** Cast because protobufjs declares a comment on every method as required, which it is not. */
export const pluginProtocol = {
  nested: {
    tfplugin6: {
      nested: {
        ...messages(sharedMessages),
        Severity: { values: { INVALID: 0, ERROR: 1, WARNING: 2 } },
        ...mapValues(providerRpcs, ({ request, response }) => ({
          nested: messages({ Request: request, Response: response }),
        })),
        Provider: {
          methods: mapValues(providerRpcs, (_, name) => ({
            requestType: `${name}.Request`,
            responseType: `${name}.Response`,
          })),
        },
      },
    },
    plugin: { nested: pluginPackage },
    grpc: { nested: { health: { nested: { v1: { nested: healthPackage } } } } },
  },
} as Descriptor;

function messages(fieldsOf: { readonly [name: string]: Fields }): Record<string, Message> {
  return mapValues(fieldsOf, (fields) => ({ fields: mapValues(fields, parseField) }));
}

function parseField(text: string): Field {
  const [number = "", ...words] = text.split(" ");
  const [type = "", modifier] = words.reverse();
  const field = { id: Number(number), type };
  if (modifier === "repeated") return { ...field, rule: "repeated" };
  if (modifier === "map") return { ...field, keyType: "string" };
  return field;
}

function mapValues<In, Out>(
  source: { readonly [name: string]: In },
  change: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, change(value, name)]));
}
