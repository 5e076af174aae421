import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Topic } from "../api/query-keys.ts";
import { notifyDone, notifyFailure } from "./notify.tsx";

/** Does something at once, without a dialog, and says how it went; what is about `topics` is read again. */
export function useSave(topics: readonly Topic[]): {
  readonly saving: boolean;
  /** True when it is done. */
  readonly save: (work: () => Promise<unknown>, done?: string) => Promise<boolean>;
} {
  const refresh = useRefresh(topics);
  const [saving, setSaving] = useState(false);
  async function save(work: () => Promise<unknown>, done = "Saved."): Promise<boolean> {
    setSaving(true);
    try {
      await work();
      await refresh();
      notifyDone(done);
      return true;
    } catch (error) {
      notifyFailure("It was not saved", error);
      return false;
    } finally {
      setSaving(false);
    }
  }
  return { saving, save };
}

/** Reads again what is about these topics. */
export function useRefresh(topics: readonly Topic[]): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all(topics.map((topic) => queries.invalidateQueries({ queryKey: [topic] })));
  };
}
