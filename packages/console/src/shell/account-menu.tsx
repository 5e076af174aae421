import { Button, Menu, Text } from "@mantine/core";
import { IconBuilding, IconChevronDown, IconKeyboard, IconLogout, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { moveSession, signOut } from "../session/session-query.ts";
import { notifyFailure } from "./notify.tsx";
import { useProject, useSession } from "../session/use-session.ts";

export function AccountMenu({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  const session = useSession();
  const queries = useQueryClient();
  const router = useRouter();

  async function moveTo(organizationId: string): Promise<void> {
    try {
      await moveSession(organizationId);
      // Anew: nothing that is on this page is of that organization.
      window.location.assign("/app/");
    } catch (error) {
      notifyFailure("The other organization could not be shown", error);
    }
  }

  async function leave(): Promise<void> {
    // Whatever the server answers, this browser forgets: it may be down, or the session already over.
    await signOut().catch(() => undefined);
    queries.clear();
    await router.navigate({ to: "/sign-in" });
  }

  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconUser size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`Account: ${session.user.name}`}
        >
          <Text span size="sm" truncate maw={140} visibleFrom="sm">
            {session.user.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user.name} · {session.user.role}
        </Menu.Label>
        {session.organizations.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>Organization</Menu.Label>
            {session.organizations.map(({ id, name }) => (
              <Menu.Item
                key={id}
                leftSection={<IconBuilding size={16} aria-hidden />}
                fw={id === session.organization.id ? 600 : 400}
                aria-current={id === session.organization.id}
                onClick={() => void moveTo(id)}
              >
                {name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onShowShortcuts}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Organization and project; a menu where there is a choice. */
export function ProjectMenu() {
  const session = useSession();
  const { project, choose } = useProject();
  const text = (
    <Text span size="sm" truncate>
      <Text span c="dimmed" inherit>
        {session.organization.name} /{" "}
      </Text>
      {project?.name ?? "no project"}
    </Text>
  );
  if (session.project !== null || session.projects.length < 2) return text;
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {text}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Show the images of</Menu.Label>
        {session.projects.map((candidate) => (
          <Menu.Item
            key={candidate.id}
            fw={candidate.id === project?.id ? 600 : 400}
            onClick={() => choose(candidate.id)}
          >
            {candidate.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
