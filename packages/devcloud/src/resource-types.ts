import { createHash } from "node:crypto";
import type { Attribute } from "./schema.ts";
import { isUnknown, type ObjectValue, type Value } from "./value.ts";

export type ResourceType = {
  readonly typeName: string;
  /** Where its files live, under the root. */
  readonly folder: string;
  readonly idPrefix: string;
  readonly attributes: readonly Attribute[];
  /** The computed attributes of a new one. */
  readonly born: (id: string, at: Date) => ObjectValue;
  /** The attributes marked `revised`, after an update of `current`. */
  readonly revise?: (current: ObjectValue) => ObjectValue;
};

const id: Attribute = { name: "id", type: "string", computed: true, description: "Given by devcloud." };

const name: Attribute = {
  name: "name",
  type: "string",
  required: true,
  description: "A name for people; it need not be unique.",
  check: refuseEmpty,
};

const image: Attribute = {
  name: "image",
  type: "string",
  required: true,
  description: "The external identifier of an image, for example sha256:….",
  check: refuseEmpty,
};

const machine: ResourceType = {
  typeName: "devcloud_machine",
  folder: "machines",
  idPrefix: "m",
  attributes: [
    id,
    name,
    { ...image, replaces: true },
    {
      name: "size",
      type: "string",
      optional: true,
      computed: true,
      default: "small",
      description: 'The kind of machine; "small" when left out.',
      check: refuseEmpty,
    },
    { name: "tags", type: ["map", "string"], optional: true, description: "Free labels." },
    {
      name: "user_data",
      type: "string",
      optional: true,
      sensitive: true,
      description: "Given to the machine at its first start.",
    },
    { name: "ip_address", type: "string", computed: true, description: "Made up, and stable for one machine." },
    {
      name: "status",
      type: "string",
      computed: true,
      description: '"running" once created; nothing but the world changes it.',
    },
    { name: "created_at", type: "string", computed: true, description: "In UTC, ISO 8601." },
  ],
  born: (machineId, at) => ({
    id: machineId,
    ip_address: addressOf(machineId),
    status: "running",
    created_at: at.toISOString(),
  }),
};

const launchTemplate: ResourceType = {
  typeName: "devcloud_launch_template",
  folder: "launch-templates",
  idPrefix: "lt",
  attributes: [
    id,
    name,
    image,
    {
      name: "version",
      type: "number",
      computed: true,
      revised: true,
      description: "1 at first, one more after every change.",
    },
  ],
  born: (templateId) => ({ id: templateId, version: 1 }),
  revise: (current) => ({ version: Number(current["version"]) + 1 }),
};

const disk: ResourceType = {
  typeName: "devcloud_disk",
  folder: "disks",
  idPrefix: "d",
  attributes: [
    id,
    name,
    { name: "size_gb", type: "number", required: true, description: "A whole number.", check: refusePartOfGigabyte },
    { name: "machine_id", type: "string", optional: true, description: "The machine it is attached to." },
  ],
  born: (diskId) => ({ id: diskId }),
};

export const resourceTypes: readonly ResourceType[] = [machine, launchTemplate, disk];

/** For the functions that look at the machines without Terraform. */
export const machineType = machine;

const machineSummary = { id: "string", name: "string", image: "string", size: "string", status: "string" } as const;

/** The attributes of one element of `machines` in the data source. */
export const machineSummaryFields: readonly string[] = Object.keys(machineSummary);

export const machinesDataSource: { readonly typeName: string; readonly attributes: readonly Attribute[] } = {
  typeName: "devcloud_machines",
  attributes: [
    { name: "name_prefix", type: "string", optional: true, description: "Only machines whose name starts so." },
    {
      name: "machines",
      type: ["list", ["object", machineSummary]],
      computed: true,
      description: "Ordered by name, then id.",
    },
  ],
};

export const providerAttributes: readonly Attribute[] = [
  {
    name: "root",
    type: "string",
    optional: true,
    description: "The directory that holds the machines and disks. By default the environment's DEVCLOUD_ROOT.",
  },
];

/** The first complaint of each attribute about the values that are known. */
export function checkConfig(
  attributes: readonly Attribute[],
  config: ObjectValue,
): readonly { readonly attribute: string; readonly complaint: string }[] {
  return attributes.flatMap(({ name: attribute, check }) => {
    const value = config[attribute] ?? null;
    const complaint = value === null || isUnknown(value) ? undefined : check?.(value);
    return complaint === undefined ? [] : [{ attribute, complaint }];
  });
}

function refuseEmpty(value: Value): string | undefined {
  return value === "" ? "It must not be empty." : undefined;
}

function refusePartOfGigabyte(value: Value): string | undefined {
  const size = Number(value);
  return Number.isSafeInteger(size) && size > 0 ? undefined : "It must be a whole number of at least 1.";
}

function addressOf(machineId: string): string {
  const [second = 0, third = 0, last = 0] = createHash("sha256").update(machineId).digest();
  return `10.${second}.${third}.${1 + (last % 254)}`;
}
