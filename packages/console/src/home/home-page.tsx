import { SimpleGrid, Stack } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { usePlace } from "../images/registry-path.ts";
import { bucketsQuery } from "../images/registry-queries.ts";
import { PageHeader } from "../parts/page-header.tsx";
import { useMay } from "../session/use-session.ts";
import { imageUseSummaryQuery } from "../where/image-use-queries.ts";
import { ActivityPanel } from "./activity-panel.tsx";
import { AlertsPanel } from "./alerts-panel.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { ImageStatusPanel } from "./image-status-panel.tsx";
import { WaitingRunsPanel } from "./waiting-runs-panel.tsx";

/** What needs a person, then what happened. */
export function HomePage() {
  const may = useMay();
  const buckets = useInfiniteQuery({ ...bucketsQuery(usePlace()), enabled: may("registry:read") });
  const uses = useQuery({ ...imageUseSummaryQuery, enabled: may("image-use:read") });
  const used = uses.data !== undefined && Object.values(uses.data.statuses).some((count) => count > 0);
  const fresh = buckets.data?.pages[0]?.buckets.length === 0 && !used;
  return (
    <>
      <PageHeader title="Home" heading="What needs me" />
      <Stack>
        {fresh && <FirstSteps />}
        <ImageStatusPanel />
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <AlertsPanel />
          <WaitingRunsPanel />
        </SimpleGrid>
        <ActivityPanel />
      </Stack>
    </>
  );
}
