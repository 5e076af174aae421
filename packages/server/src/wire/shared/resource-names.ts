/**
 * A resource as HCP names it, taken apart. Source: the published resource manager description, ResourceIdentifier;
 * terraform-provider-hcp, internal/provider.
 */
export type ResourceName =
  | { readonly kind: "organization"; readonly id: string }
  | { readonly kind: "project"; readonly id: string }
  | { readonly kind: "bucket"; readonly projectId: string; readonly name: string }
  | { readonly kind: "registry"; readonly projectId: string; readonly id: string }
  | { readonly kind: "service-principal"; readonly parent: Parent; readonly name: string }
  | { readonly kind: "group"; readonly organizationId: string; readonly name: string };

/** Where a service principal belongs. */
export interface Parent {
  readonly type: "organization" | "project";
  readonly id: string;
}

/** Undefined for a name of any other shape. */
export function parseResourceName(text: string): ResourceName | undefined {
  const parts = text.split("/");
  if (parts.includes("")) return undefined;
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = parts;
  if (parts.length === 2 && (first === "organization" || first === "project")) return { kind: first, id: second };
  if (parts.length !== 5) return undefined;
  switch (`${first}/${second}/*/${fourth}`) {
    case "packer/project/*/bucket":
      return { kind: "bucket", projectId: third, name: fifth };
    case "packer/project/*/registry":
      return { kind: "registry", projectId: third, id: fifth };
    case "iam/project/*/service-principal":
      return { kind: "service-principal", parent: { type: "project", id: third }, name: fifth };
    case "iam/organization/*/service-principal":
      return { kind: "service-principal", parent: { type: "organization", id: third }, name: fifth };
    case "iam/organization/*/group":
      return { kind: "group", organizationId: third, name: fifth };
    default:
      return undefined;
  }
}

export function writeResourceName(name: ResourceName): string {
  switch (name.kind) {
    case "organization":
    case "project":
      return `${name.kind}/${name.id}`;
    case "bucket":
      return `packer/project/${name.projectId}/bucket/${name.name}`;
    case "registry":
      return `packer/project/${name.projectId}/registry/${name.id}`;
    case "service-principal":
      return `iam/${name.parent.type}/${name.parent.id}/service-principal/${name.name}`;
    case "group":
      return `iam/organization/${name.organizationId}/group/${name.name}`;
  }
}
