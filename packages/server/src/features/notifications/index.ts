export {
  createConfiguration,
  deleteConfiguration,
  getConfiguration,
  listConfigurationDeliveries,
  listConfigurations,
  updateConfiguration,
  verifyConfiguration,
  type ConfigurationChange,
  type ConfigurationPlace,
  type ConfigurationView,
  type NewConfiguration,
  type NotificationDeps,
} from "./edit-configurations.ts";
export type { AssessmentResult } from "./assessment-message.ts";
export {
  destinations,
  type Destination,
  type NotificationConfiguration,
  type NotificationScope,
} from "./notification-configuration.ts";
export type { Message } from "./message.ts";
export { notifyEvent, type NotifyEventDeps } from "./notify-event.ts";
export { emailContent } from "./render-message.ts";
export { sendNotification } from "./send-notification.ts";
export { triggers, type Trigger } from "./triggers.ts";
