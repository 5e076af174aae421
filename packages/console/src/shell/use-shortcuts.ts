import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { destinations } from "./destinations.ts";
import { headerSearchId } from "./header-search.tsx";

const sequenceMs = 1200;

/** `/` focuses the search, `g` and a letter go somewhere, `?` calls back. Silent while somebody types or a dialog is open. */
export function useShortcuts(onHelp: () => void): void {
  const navigate = useNavigate();
  const goSince = useRef(0);
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isOccupied(event.target)) return;
      const goes = event.timeStamp - goSince.current < sequenceMs;
      goSince.current = 0;
      if (goes) {
        const destination = destinations.find(({ key }) => key === event.key);
        if (destination === undefined) return;
        event.preventDefault();
        void navigate({ to: destination.to });
      } else if (event.key === "g") {
        goSince.current = event.timeStamp;
      } else if (event.key === "/") {
        event.preventDefault();
        document.getElementById(headerSearchId)?.focus();
      } else if (event.key === "?") {
        event.preventDefault();
        onHelp();
      }
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [navigate, onHelp]);
}

function isOccupied(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"]') !== null) return true;
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
