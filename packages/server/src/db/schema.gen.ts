// Made by `npm run schema` from the migrations. Do not edit.

export interface DataKeys {
  id: string;
  wrapped: Buffer;
  created_at: number;
}

export interface Jobs {
  id: string;
  kind: string;
  unique_key: string | null;
  payload: string;
  state: string;
  run_at: number;
  attempts: number;
  attempts_max: number;
  fence: number;
  holder: string | null;
  lease_until: number | null;
  last_error: string | null;
  created_at: number;
}

export interface Organizations {
  id: string;
  external_id: string;
  name: string;
  created_at: number;
}

export interface Principals {
  id: string;
  kind: string;
  organization_id: string;
  project_id: string | null;
  name: string;
  email: string | null;
  role: string;
  created_at: number;
}

export interface Projects {
  id: string;
  external_id: string;
  organization_id: string;
  name: string;
  description: string;
  created_at: number;
}

export interface ServicePrincipalKeys {
  client_id: string;
  principal_id: string;
  secret_hash: string;
  created_at: number;
}

export interface Settings {
  key: string;
  value: string;
}

export interface Tokens {
  id: string;
  hash: string;
  principal_id: string | null;
  client_id: string | null;
  organization_id: string;
  project_id: string | null;
  workspace_id: string | null;
  run_id: string | null;
  name: string;
  created_at: number;
  expires_at: number | null;
}

export interface Schema {
  data_keys: DataKeys;
  jobs: Jobs;
  organizations: Organizations;
  principals: Principals;
  projects: Projects;
  service_principal_keys: ServicePrincipalKeys;
  settings: Settings;
  tokens: Tokens;
}
