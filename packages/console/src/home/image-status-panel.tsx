import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconMapSearch } from "@tabler/icons-react";
import { Panel } from "../parts/panel.tsx";
import { plural } from "../parts/plural.ts";
import { QueryView } from "../parts/query-view.tsx";
import { Empty, Loading } from "../parts/states.tsx";
import { StatusBadge } from "../parts/status-badge.tsx";
import { worstFirst } from "../where/count-uses.ts";
import { imageUseSummaryQuery } from "../where/image-use-queries.ts";
import { useMay } from "../session/use-session.ts";
import classes from "./image-status-panel.module.css";

/** How many resources run an image of each status; each count leads to them. */
export function ImageStatusPanel() {
  const may = useMay();
  const summary = useQuery({ ...imageUseSummaryQuery, enabled: may("image-use:read") });
  const affected = summary.data?.workspaces_affected;
  return (
    <Panel
      title="Images in use"
      padded={false}
      {...(affected === undefined
        ? {}
        : {
            description:
              affected === 0
                ? "No workspace runs an image that needs attention."
                : `${plural(affected, "workspace")} ${affected === 1 ? "runs" : "run"} an image that needs attention.`,
          })}
    >
      <QueryView
        query={summary}
        needs="image-use:read"
        what="The status of the images in use"
        loading={<Loading rows={2} />}
        isEmpty={({ statuses }) => Object.values(statuses).every((count) => count === 0)}
        empty={
          <Empty title="Nothing runs an image yet" icon={IconMapSearch}>
            With the first applied run of a workspace, Ingot reads which resource runs which image from its state.
          </Empty>
        }
      >
        {({ statuses }) => (
          <div className={classes["grid"]}>
            {worstFirst.map((status) => {
              const count = statuses[status] ?? 0;
              return (
                <Link key={status} to="/where" search={{ status }} className={classes["cell"] ?? ""}>
                  <span className={`${classes["count"] ?? ""} ${count === 0 ? (classes["none"] ?? "") : ""}`}>
                    {count.toLocaleString("en")}
                  </span>
                  <span>
                    <StatusBadge of="image-use" status={status} />
                  </span>
                </Link>
              );
            })}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}
