import { Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Version } from "../api/registry-types.ts";
import type { Enforcement } from "../api/types.ts";
import { Notice } from "../parts/notice.tsx";
import { enforcementsQuery } from "./enforced-block-queries.ts";
import { explainEnforcement } from "./enforcement-words.ts";
import { usePlace } from "./registry-path.ts";

/** Whether the version was built with the enforced blocks of its image. Nothing when it needed none. */
export function EnforcementNotice({ version }: { readonly version: Version }) {
  const { data } = useQuery(enforcementsQuery(usePlace(), version.bucket_name, version.fingerprint));
  const mark = data?.[0];
  if (mark === undefined || mark.state === "none_required") return null;
  return (
    <Notice {...looks[mark.state]}>
      <Text size="sm">{explainEnforcement(mark)}</Text>
    </Notice>
  );
}

const looks = {
  enforced: { tone: "good", icon: IconCircleCheck, title: "Built with the enforced blocks" },
  not_enforced: { tone: "bad", icon: IconAlertTriangle, title: "Built without the enforced blocks" },
  unknown: { tone: "warn", icon: IconHelpCircle, title: "Nobody knows whether the enforced blocks were run" },
} as const satisfies Record<Exclude<Enforcement["state"], "none_required">, object>;
