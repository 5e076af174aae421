import { Button, Menu, Text } from "@mantine/core";
import { IconChevronDown, IconKeyboard, IconLogout, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { signOut } from "../session/session-query.ts";
import { useProject, useSession } from "../session/use-session.ts";

export function AccountMenu({ onShowShortcuts }: { readonly onShowShortcuts: () => void }) {
  const session = useSession();
  const queries = useQueryClient();
  const router = useRouter();

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
