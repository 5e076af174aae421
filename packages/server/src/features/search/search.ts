/** Something that a search has found. */
export type Finding =
  | { readonly kind: "bucket"; readonly bucketName: string; readonly description: string }
  | {
      readonly kind: "version";
      readonly bucketName: string;
      readonly versionName: string;
      readonly fingerprint: string;
    }
  | { readonly kind: "workspace"; readonly id: string; readonly name: string; readonly description: string }
  | {
      readonly kind: "image";
      readonly identifier: string;
      /** Null: nothing in the registry has this identifier, though something runs it. */
      readonly version: {
        readonly bucketName: string;
        readonly versionName: string;
        readonly fingerprint: string;
      } | null;
    };

/** What somebody may have meant: `golden-app v3` and `golden-app/v3` name a version, anything may be a part of a name. */
export interface SearchTerms {
  readonly text: string;
  /** The number of a version, with the part of a bucket's name before it, if any. */
  readonly version: { readonly bucketPart: string; readonly number: number } | null;
}

export function parseSearch(query: string): SearchTerms {
  const text = query.trim().toLowerCase();
  const match = /^(.*?)[\s/@:]*\bv(\d{1,9})$/.exec(text);
  return {
    text,
    version: match === null ? null : { bucketPart: (match[1] ?? "").trim(), number: Number(match[2]) },
  };
}
