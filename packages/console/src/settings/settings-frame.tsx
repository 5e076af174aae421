import { Box, NativeSelect, NavLink, Stack, Text, type NavLinkProps } from "@mantine/core";
import { createLink, useLocation, useNavigate } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes, type ReactNode } from "react";
import { PageHeader } from "../parts/page-header.tsx";
import { settingsGroups, type SettingsPath } from "./sections.ts";
import classes from "./settings.module.css";

const SectionLink = createLink(
  forwardRef<HTMLAnchorElement, NavLinkProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof NavLinkProps>>(
    function SectionAnchor(props, ref) {
      return <NavLink ref={ref} {...props} />;
    },
  ),
);

/** What stands around every section of the settings of the organization. */
export function SettingsFrame({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <PageHeader
        title="Settings"
        description="Of the organization. Each workspace has its own settings beside these."
      />
      <div className={classes["layout"]}>
        <Sections />
        <Box style={{ minWidth: 0 }}>{children}</Box>
      </div>
    </>
  );
}

function Sections() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const current = pathname.replace(/\/$/, "");
  return (
    <>
      <Box component="nav" aria-label="Settings" visibleFrom="md">
        <Stack gap="md">
          {settingsGroups.map((group) => (
            <div key={group.label}>
              <Text size="xs" c="dimmed" fw={600} px="sm" mb={2}>
                {group.label}
              </Text>
              {group.sections.map(({ to, label }) => (
                <SectionLink
                  key={to}
                  to={to}
                  label={label}
                  activeOptions={{ exact: to === "/settings", includeSearch: false }}
                  activeProps={{ active: true, "aria-current": "page" }}
                  style={{ borderRadius: 4, paddingBlock: 5 }}
                />
              ))}
            </div>
          ))}
        </Stack>
      </Box>
      <Box hiddenFrom="md">
        <NativeSelect
          aria-label="Section of the settings"
          value={sectionOf(current)}
          onChange={(event) => void navigate({ to: event.currentTarget.value as SettingsPath })}
          data={settingsGroups.map((group) => ({
            group: group.label,
            items: group.sections.map(({ to, label }) => ({ value: to, label })),
          }))}
        />
      </Box>
    </>
  );
}

/** The section that an address is in; pages of single things are below their section. */
function sectionOf(pathname: string): SettingsPath {
  const paths = settingsGroups.flatMap((group) => group.sections.map(({ to }): SettingsPath => to));
  const found = paths.filter((to) => pathname === to || pathname.startsWith(`${to}/`));
  return found.sort((a, b) => b.length - a.length)[0] ?? "/settings";
}
