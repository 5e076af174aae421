import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { FollowSetting, ImageUsePage, WorkspaceSummary } from "../api/types.ts";

export interface Follower {
  readonly id: string;
  readonly name: string;
  readonly uses: number;
  /** Undefined when its settings could not be read. */
  readonly follow: FollowSetting | undefined;
}

const settingsReadMax = 25;

/** The workspaces that run an image of the channel, with what each does when the channel moves. */
export function followersQuery(bucket: string, channel: string) {
  return queryOptions({
    queryKey: ["image-uses", "followers", bucket, channel],
    queryFn: async ({ signal }): Promise<readonly Follower[]> => {
      const { image_uses: uses } = await callApi<ImageUsePage>("/api/v1/image-uses", {
        query: { bucket, limit: 1000 },
        signal,
      });
      const names = new Map<string, { name: string; uses: number }>();
      for (const use of uses) {
        if (use.bucket !== bucket || use.channel !== channel) continue;
        const known = names.get(use.workspace.id);
        names.set(use.workspace.id, { name: use.workspace.name, uses: (known?.uses ?? 0) + 1 });
      }
      return Promise.all(
        [...names].map(async ([id, found], index) => ({
          id,
          ...found,
          follow: index < settingsReadMax ? await readFollow(id, signal) : undefined,
        })),
      );
    },
  });
}

async function readFollow(workspaceId: string, signal: AbortSignal): Promise<FollowSetting | undefined> {
  try {
    const path = `/api/v1/workspaces/${encodeURIComponent(workspaceId)}`;
    return (await callApi<WorkspaceSummary>(path, { signal })).follow;
  } catch {
    // The list of who runs the image is worth showing without it.
    return undefined;
  }
}

/** What a workspace does when a channel it reads moves, as the end of a sentence that begins with its name. */
export function whatFollowDoes(follow: FollowSetting | undefined): string {
  switch (follow) {
    case "apply":
      return "is planned and applied by itself.";
    case "plan":
      return "gets a run that is planned and, unless it applies by itself, waits for approval.";
    case "notify":
      return "is only notified; nothing is run.";
    case "off":
      return "does nothing; its images will be shown as behind.";
    case undefined:
      return "runs an image of this channel.";
  }
}
