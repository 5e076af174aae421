export { deliverNotification, type DeliverDeps } from "./deliver-notification.ts";
export { type Delivery, type DeliveryState } from "./delivery.ts";
export { deleteDeliveriesBefore, listDeliveries, type DeliveryFilter } from "./delivery-store.ts";
export {
  createConfiguration,
  deleteConfiguration,
  getConfiguration,
  listConfigurationDeliveries,
  listConfigurations,
  updateConfiguration,
  verifyConfiguration,
  type ConfigurationChange,
  type ConfigurationView,
  type NewConfiguration,
  type NotificationDeps,
} from "./edit-configurations.ts";
export type { AssessmentResult } from "./assessment-message.ts";
export { destinations, type Destination, type NotificationConfiguration } from "./notification-configuration.ts";
export { deliverNotificationJob, notifyEvent, type DeliverNotification, type NotifyEventDeps } from "./notify-event.ts";
export { triggers, type Trigger } from "./triggers.ts";
