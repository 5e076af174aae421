export {
  changeReservedTagKey,
  createReservedTagKey,
  deleteReservedTagKey,
  type ReservedTagKeyDeps,
} from "./manage-reserved-tag-keys.ts";
export { listReservedTagKeys, type ReservedTagKey } from "./reserved-tag-key-store.ts";
