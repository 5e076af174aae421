export { search, type SearchFilter } from "./search-store.ts";
export type { Finding } from "./search.ts";
