export {
  claimJobs,
  completeJob,
  enqueueJob,
  failJob,
  listLostJobs,
  lockHeldJob,
  renewLease,
  withdrawJob,
  type Claim,
  type Job,
  type JobHold,
  type NewJob,
} from "./job-store.ts";
export { createJobWorker, type JobHandler, type JobWorker } from "./job-worker.ts";
