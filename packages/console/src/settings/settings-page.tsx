import { Stack } from "@mantine/core";
import { useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AgentPools } from "../agent-pools/agent-pools.tsx";
import { RegistrySettings } from "../registry-settings/registry-settings.tsx";
import { AuditTrail } from "./audit-trail.tsx";
import { Configurations } from "./configurations.tsx";
import { RunnerTokens } from "./runner-tokens.tsx";
import { SettingsFrame } from "./settings-frame.tsx";
import { Tokens } from "./tokens.tsx";

const contents: Readonly<Record<string, () => ReactNode>> = {
  "/settings/registry": () => <RegistrySettings />,
  "/settings/tokens": () => <Tokens />,
  "/settings/runners": () => (
    <Stack gap="md">
      <AgentPools />
      <RunnerTokens />
    </Stack>
  ),
  "/settings/audit": () => <AuditTrail />,
};

/** The settings of the organization, a section at a time; which one is in the address. */
export function SettingsPage() {
  const { pathname } = useLocation();
  const content = contents[pathname.replace(/\/$/, "")];
  return <SettingsFrame>{content === undefined ? <Configurations /> : content()}</SettingsFrame>;
}
