export { createEventFeed, type EventFeed } from "./event-feed.ts";
export { deleteEventsBefore, findEvent, listEvents, type EventFilter } from "./event-store.ts";
export { eventActor, type Event, type EventActor, type EventKind, type NewEvent } from "./event.ts";
export { eventRecordedJob, recordEvent, type EventRecorded } from "./record-event.ts";
