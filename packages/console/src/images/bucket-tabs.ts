/** The tabs of a bucket's page, as its address names them; the first is the one without a name. */
export const bucketTabs = ["versions", "channels", "ancestry"] as const;
export type BucketTab = (typeof bucketTabs)[number];
