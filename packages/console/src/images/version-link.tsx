import type { ReactNode } from "react";
import { PageLink } from "../parts/link.tsx";

/** A link to a version: `version` is its fingerprint, or its name where that is all there is. */
export function VersionLink(props: {
  readonly bucket: string;
  readonly version: string;
  readonly children: ReactNode;
}) {
  return (
    <PageLink to="/images/$bucket/$version" params={{ bucket: props.bucket, version: props.version }}>
      {props.children}
    </PageLink>
  );
}
