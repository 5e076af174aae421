import { Stack } from "@mantine/core";
import { Policies } from "./policies.tsx";
import { PolicySets } from "./policy-sets.tsx";
import { SettingsFrame } from "../settings/settings-frame.tsx";

/** The policy sets of the organization, and the policies that are managed one by one. */
export function PoliciesPage() {
  return (
    <SettingsFrame>
      <Stack gap="md">
        <PolicySets />
        <Policies />
      </Stack>
    </SettingsFrame>
  );
}
