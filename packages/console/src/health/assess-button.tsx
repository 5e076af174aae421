import { Button } from "@mantine/core";
import { IconStethoscope } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WorkspaceRef } from "../api/types.ts";
import { useMay } from "../session/use-session.ts";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import { assessNow } from "./health-queries.ts";

/** Asks for an assessment now. It only looks, so it needs no dialog. */
export function AssessButton(props: {
  readonly workspace: WorkspaceRef;
  readonly busy?: boolean;
  /** It would be refused now; the page says why. */
  readonly refused?: boolean;
  readonly small?: boolean;
}) {
  const may = useMay();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  if (!may("assessment:run")) return null;

  async function ask(): Promise<void> {
    setAsking(true);
    try {
      await assessNow(props.workspace.id);
      notifyDone(`${props.workspace.name} is being assessed.`);
      await queries.invalidateQueries({ queryKey: ["assessments"] });
    } catch (error) {
      notifyFailure(`${props.workspace.name} cannot be assessed now`, error);
    } finally {
      setAsking(false);
    }
  }

  return (
    <Button
      variant="default"
      size={props.small === true ? "compact-sm" : "sm"}
      leftSection={<IconStethoscope size={16} aria-hidden />}
      loading={asking}
      disabled={props.busy === true || props.refused === true}
      onClick={() => void ask()}
    >
      {props.busy === true ? "Being assessed" : "Assess now"}
    </Button>
  );
}
