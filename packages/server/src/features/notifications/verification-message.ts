import type { Message } from "./message.ts";
import { verificationTrigger } from "./triggers.ts";

/** What is sent to try a configuration out. Source: HCP Terraform API, notification verification payload. */
export function verificationMessage(configuration: { readonly id: string; readonly name: string }): Message {
  const text = `Verification of ${configuration.name}`;
  return {
    trigger: verificationTrigger,
    title: text,
    text: "Somebody has set up notifications to this address. When you can read this, they arrive.",
    facts: [],
    link: null,
    advice: null,
    tone: "neutral",
    payload: {
      payload_version: 1,
      notification_configuration_id: configuration.id,
      run_url: null,
      run_id: null,
      run_message: null,
      run_created_at: null,
      run_created_by: null,
      workspace_id: null,
      workspace_name: null,
      organization_name: null,
      notifications: [
        { message: text, trigger: verificationTrigger, run_status: null, run_updated_at: null, run_updated_by: null },
      ],
    },
  };
}
