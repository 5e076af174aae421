import { Divider, NavLink, Stack, type NavLinkProps } from "@mantine/core";
import { createLink, useLocation } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes } from "react";
import { destinations } from "./destinations.ts";

const NavigationLink = createLink(
  forwardRef<HTMLAnchorElement, NavLinkProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof NavLinkProps>>(
    function NavigationAnchor(props, ref) {
      return <NavLink ref={ref} {...props} />;
    },
  ),
);

/** The links to all parts of the console; `onNavigate` closes the drawer of a narrow screen. */
export function Navigation({ onNavigate }: { readonly onNavigate: () => void }) {
  const { pathname } = useLocation();
  return (
    <Stack gap={2}>
      {destinations.map((destination) => (
        <div key={destination.to}>
          {destination.to === "/people" && <Divider my={6} />}
          <NavigationLink
            to={destination.to}
            label={destination.label}
            leftSection={<destination.icon size={18} stroke={1.6} aria-hidden />}
            activeOptions={{ exact: destination.to === "/", includeSearch: false }}
            activeProps={{ active: true, "aria-current": "page" }}
            active={"also" in destination && pathname.startsWith(destination.also)}
            onClick={onNavigate}
            style={{ borderRadius: 4, paddingBlock: 6 }}
          />
        </div>
      ))}
    </Stack>
  );
}
