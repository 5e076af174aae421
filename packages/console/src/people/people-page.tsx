import { Tabs } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { PageHeader } from "../parts/page-header.tsx";
import { useSession } from "../session/use-session.ts";
import { Members } from "./members.tsx";
import { ProjectAccess } from "./project-access.tsx";
import { Teams } from "./teams.tsx";

const tabs = [
  { to: "/people", label: "Members" },
  { to: "/people/teams", label: "Teams" },
  { to: "/people/access", label: "Access to projects" },
] as const;

/** Who is in the organization, in which teams, and what those may do in its projects. */
export function PeoplePage() {
  const { organization } = useSession();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const current = tabs.find(({ to }) => to === pathname.replace(/\/$/, ""))?.to ?? "/people";
  return (
    <>
      <PageHeader
        title="People"
        description={`Who works in ${organization.name}, in which teams, and what those may do. Access to a single workspace is among its settings.`}
      />
      <Tabs
        value={current}
        onChange={(value) => void navigate({ to: tabs.find(({ to }) => to === value)?.to ?? "/people" })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map(({ to, label }) => (
            <Tabs.Tab key={to} value={to}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="/people">
          <Members />
        </Tabs.Panel>
        <Tabs.Panel value="/people/teams">
          <Teams />
        </Tabs.Panel>
        <Tabs.Panel value="/people/access">
          <ProjectAccess />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
