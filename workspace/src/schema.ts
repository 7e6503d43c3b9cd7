import type { AuthSchema } from '@cairn/platform/auth/schema'

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

export interface WorkspaceSchema extends Pick<AuthSchema, 'securables' | 'grants'> {
  secret_scopes: SecretScopeRow
  secrets: SecretRow
}
