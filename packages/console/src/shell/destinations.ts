import {
  IconApi,
  IconBell,
  IconFolders,
  IconHeartbeat,
  IconHome,
  IconMapSearch,
  IconPlayerPlay,
  IconSettings,
  IconStack2,
  IconUsers,
  type Icon,
} from "@tabler/icons-react";

interface Destination {
  readonly to: string;
  readonly label: string;
  /** The key that follows `g`. */
  readonly key: string;
  readonly icon: Icon;
  /** Where the pages are that belong to it and are not below `to`. */
  readonly also?: string;
}

/** The places of the navigation. */
export const destinations = [
  { to: "/", label: "Home", key: "h", icon: IconHome },
  { to: "/images", label: "Images", key: "i", icon: IconStack2, also: "/enforced-blocks" },
  { to: "/runs", label: "Runs", key: "r", icon: IconPlayerPlay },
  { to: "/workspaces", label: "Workspaces", key: "w", icon: IconFolders },
  { to: "/health", label: "Health", key: "e", icon: IconHeartbeat },
  { to: "/where", label: "Where", key: "u", icon: IconMapSearch },
  { to: "/alerts", label: "Alerts", key: "a", icon: IconBell },
  { to: "/people", label: "People", key: "m", icon: IconUsers },
  { to: "/settings", label: "Settings", key: "s", icon: IconSettings },
  { to: "/reference", label: "API reference", key: "p", icon: IconApi },
] as const satisfies readonly Destination[];
