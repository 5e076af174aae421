import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { AccountMenu, ProjectMenu } from "./account-menu.tsx";
import { ColorSchemeMenu } from "./color-scheme-menu.tsx";
import { HeaderSearch } from "./header-search.tsx";
import { LiveEvents } from "./live-events.tsx";
import { LiveIndicator } from "./live-indicator.tsx";
import { Logo } from "./logo.tsx";
import { Navigation } from "./navigation.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** What stands around every page that needs a session. */
export function ShellLayout() {
  const [menuOpened, menu] = useDisclosure(false);
  const [helpOpened, help] = useDisclosure(false);
  useShortcuts(useCallback(() => help.open(), [help]));
  const main = useMainFocus();

  return (
    <LiveEvents>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell
        header={{ height: 52 }}
        navbar={{ width: 208, breakpoint: "md", collapsed: { mobile: !menuOpened } }}
        padding={{ base: "sm", md: "lg" }}
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
              <Burger
                opened={menuOpened}
                onClick={menu.toggle}
                hiddenFrom="md"
                size="sm"
                aria-label={menuOpened ? "Close the navigation" : "Open the navigation"}
                aria-expanded={menuOpened}
              />
              <Link to="/" aria-label="Ingot, home" style={{ color: "inherit", textDecoration: "none" }}>
                <Group gap={8} wrap="nowrap">
                  <Logo />
                  <Text fw={650} visibleFrom="xs">
                    Ingot
                  </Text>
                </Group>
              </Link>
              <Box visibleFrom="sm" style={{ minWidth: 0 }}>
                <ProjectMenu />
              </Box>
            </Group>
            <Group gap="sm" wrap="nowrap">
              <Box visibleFrom="sm">
                <LiveIndicator />
              </Box>
              <HeaderSearch />
              <ColorSchemeMenu />
              <AccountMenu onShowShortcuts={help.open} />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label="Main">
          <Box hiddenFrom="sm" px="xs" pb="xs">
            <ProjectMenu />
          </Box>
          <Navigation onNavigate={menu.close} />
        </AppShell.Navbar>
        <AppShell.Main>
          <Box id="main" ref={main} tabIndex={-1} maw={1480} style={{ outline: "none" }}>
            <Outlet />
          </Box>
        </AppShell.Main>
      </AppShell>
      <ShortcutsDialog opened={helpOpened} onClose={help.close} />
    </LiveEvents>
  );
}

/** Moves the focus to the new page, so that a screen reader does not stay with the link that led there. */
function useMainFocus() {
  const main = useRef<HTMLDivElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
