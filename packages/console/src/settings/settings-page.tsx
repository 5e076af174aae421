import { Tabs } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { PageHeader } from "../parts/page-header.tsx";
import { RegistrySettings } from "../registry-settings/registry-settings.tsx";
import { AuditTrail } from "./audit-trail.tsx";
import { Configurations } from "./configurations.tsx";
import { RunnerTokens } from "./runner-tokens.tsx";
import { Tokens } from "./tokens.tsx";

const tabs = [
  { to: "/settings", label: "Notifications" },
  { to: "/settings/registry", label: "Registry" },
  { to: "/settings/tokens", label: "Tokens" },
  { to: "/settings/runners", label: "Runners" },
  { to: "/settings/audit", label: "Audit" },
] as const;

export function SettingsPage() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const current = tabs.find(({ to }) => to === pathname.replace(/\/$/, ""))?.to ?? "/settings";
  return (
    <>
      <PageHeader
        title="Settings"
        description="Of the organization. Each workspace has its own settings beside these."
      />
      <Tabs
        value={current}
        onChange={(value) => void navigate({ to: tabs.find(({ to }) => to === value)?.to ?? "/settings" })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map(({ to, label }) => (
            <Tabs.Tab key={to} value={to}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="/settings">
          <Configurations />
        </Tabs.Panel>
        <Tabs.Panel value="/settings/registry">
          <RegistrySettings />
        </Tabs.Panel>
        <Tabs.Panel value="/settings/tokens">
          <Tokens />
        </Tabs.Panel>
        <Tabs.Panel value="/settings/runners">
          <RunnerTokens />
        </Tabs.Panel>
        <Tabs.Panel value="/settings/audit">
          <AuditTrail />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
