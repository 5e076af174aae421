import type { TemplateType } from "../registry/registry-types.ts";

export interface BuiltArtifact {
  readonly external_identifier: string;
  readonly region: string;
}

/** One component of a template, built. */
export interface BuiltImage {
  /** The component it is the result of. */
  readonly component: string;
  /** Undefined: the platform of the definition. */
  readonly platform: string | undefined;
  readonly artifacts: readonly BuiltArtifact[];
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined: the parent's artifact, when there is a parent. */
  readonly sourceExternalIdentifier: string | undefined;
}

/** The image that the channel of the definition's `parent` holds now. */
export interface ParentImage {
  readonly bucket: string;
  readonly channel: string;
  readonly versionName: string;
  readonly versionId: string;
  readonly channelId: string;
  readonly identifier: string;
  /** Where to fetch it, from the label `location` of its build; empty when the identifier says it all. */
  readonly location: string;
}

export interface BuildInputs {
  readonly fingerprint: string;
  /** Exists and is empty. */
  readonly outputDirectory: string;
  readonly components: readonly string[];
  readonly parent: ParentImage | undefined;
  /** Names and values from the definition and the command line. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted when the build is to stop. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface BuildOutcome {
  readonly images: readonly BuiltImage[];
  /** Why some component has no image, in a sentence; undefined when nothing went wrong. */
  readonly problem: string | undefined;
}

/** A way of building images from a template directory. */
export interface Builder {
  readonly name: "packer" | "script";
  readonly templateType: TemplateType;
  /** The version of the tool; undefined when it has none. */
  readonly version: string | undefined;
  /** Every component of the template. Throws CommandError when the template is not valid. */
  listComponents(variables: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** Builds all components. What failed is in the outcome; it throws only when the builder itself cannot work. */
  build(inputs: BuildInputs): Promise<BuildOutcome>;
}

/** What a template may use, whatever builds it: `INGOT_…` for scripts, `PKR_VAR_ingot_…` for packer. */
export function describeInputs(
  inputs: Pick<BuildInputs, "outputDirectory" | "fingerprint" | "parent">,
): Readonly<Record<string, string>> {
  return {
    output_dir: inputs.outputDirectory,
    fingerprint: inputs.fingerprint,
    parent_identifier: inputs.parent?.identifier ?? "",
    parent_location: inputs.parent?.location ?? "",
    parent_version: inputs.parent?.versionName ?? "",
  };
}
