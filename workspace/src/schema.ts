import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { NotebookLanguage, WorkspaceObjectType } from '@cairn/platform/protocol/databricks/workspace'

export interface SecretScopeRow {
  scope_id: string
  name: string
  created_at: number
}

export interface SecretRow {
  scope_id: string
  key: string
  /** Encrypted; see `secrets/keys.ts`. */
  sealed: string
  updated_at: number
}

export interface WorkspaceObjectRow {
  object_id: number
  /** Normalised; see `files/path.ts`. */
  path: string
  /** Null for the root. */
  parent_id: number | null
  type: WorkspaceObjectType
  language: NotebookLanguage | null
  /** The format of the content of a notebook. */
  format: 'SOURCE' | 'JUPYTER' | null
  blob_key: string | null
  size: number | null
  created_at: number
  modified_at: number
}

/** A blob without an object is deleted some time after `changed_at`. */
export interface WorkspaceBlobRow {
  blob_key: string
  object_id: number | null
  changed_at: number
  /** Id of the principal to whom the bytes are charged; null, like the size, until an object refers to the blob. */
  owner: string | null
  size: number | null
}

/** The bytes of a principal's blobs. Replaced and deleted blobs count until they are freed. */
export interface WorkspaceUsageRow {
  owner: string
  bytes: number
}

export interface ReportRow {
  report_id: string
  title: string
  /** A principal's id. */
  owner: string
  is_shared: 0 | 1
  /** The number of the latest version. */
  version: number
  created_at: number
  updated_at: number
  updated_by: string
}

export interface ReportVersionRow {
  report_id: string
  version: number
  title: string
  content: string
  created_at: number
  created_by: string
}

export interface WorkspaceSchema extends Pick<AuthSchema, 'securables' | 'grants'> {
  secret_scopes: SecretScopeRow
  secrets: SecretRow
  workspace_objects: WorkspaceObjectRow
  workspace_blobs: WorkspaceBlobRow
  workspace_usage: WorkspaceUsageRow
  reports: ReportRow
  report_versions: ReportVersionRow
  report_experiments: { report_id: string; experiment_id: number }
}
