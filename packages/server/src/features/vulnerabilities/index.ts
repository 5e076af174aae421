export type { AdvisoryImport, ImportStatus } from "./advisory-import.ts";
export { criticalities, findCriticality, type Criticality } from "./criticality.ts";
export { ecosystems } from "./ecosystem.ts";
export { importAdvisories } from "./import-advisories.ts";
export { listImports, readCoverage, type EcosystemCoverage } from "./import-store.ts";
export {
  archiveTooLarge,
  importAdvisoriesJob,
  receiveArchive,
  removeLeftArchive,
  removeLeftArchiveJob,
  type AdvisoryImportDeps,
} from "./receive-archive.ts";
export { getImport } from "./read-imports.ts";
export {
  queueSbomScan,
  rescanEcosystem,
  rescanEcosystemJob,
  scanSbom,
  scanSbomJob,
  type RescanEcosystem,
} from "./scan-packages.ts";
export {
  listBucketVulnerabilities,
  listVulnerablePackages,
  packageOrders,
  vulnerabilityOrders,
  type ImpactingVulnerability,
  type VulnerablePackage,
} from "./bucket-vulnerability-store.ts";
export { openImageScope } from "./read-bucket-vulnerabilities.ts";
export { summarizeBucketVulnerabilities, type VulnerabilitySummary } from "./summary-store.ts";
export type { Vulnerability, VulnerabilityFilter } from "./vulnerability.ts";
export { listAffectedVersions, type AffectedVersion } from "./affected-store.ts";
export {
  listVersionFindings,
  readVersionKnowledge,
  type VersionFinding,
  type VersionKnowledge,
} from "./version-vulnerability-store.ts";
