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
} from "@tabler/icons-react";

/** The places of the navigation, with the key that follows `g`. */
export const destinations = [
  { to: "/", label: "Home", key: "h", icon: IconHome },
  { to: "/images", label: "Images", key: "i", icon: IconStack2 },
  { to: "/runs", label: "Runs", key: "r", icon: IconPlayerPlay },
  { to: "/workspaces", label: "Workspaces", key: "w", icon: IconFolders },
  { to: "/health", label: "Health", key: "e", icon: IconHeartbeat },
  { to: "/where", label: "Where", key: "u", icon: IconMapSearch },
  { to: "/alerts", label: "Alerts", key: "a", icon: IconBell },
  { to: "/settings", label: "Settings", key: "s", icon: IconSettings },
  { to: "/reference", label: "API reference", key: "p", icon: IconApi },
] as const;
