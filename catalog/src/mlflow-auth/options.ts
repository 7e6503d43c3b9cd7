import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Grants } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Passwords } from '@cairn/platform/auth/passwords'
import type { Sessions } from '@cairn/platform/auth/sessions'
import type { Db } from '@cairn/platform/db/db'
import type { CatalogSchema } from '../schema.js'
import type { Objects } from '../securables/objects.js'
import type { HeldPermissions } from './held-permissions.js'
import type { MlflowIds } from './mlflow-ids.js'
import type { PermissionChanges } from './permission-changes.js'
import type { Roles } from './roles.js'

/** The stores that hold MLflow's users, permissions and roles. */
export interface MlflowAuthOptions {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly grants: Grants
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly objects: Objects
}

/** The parts that all routes of this folder use. */
export interface MlflowAuthParts extends MlflowAuthOptions {
  readonly ids: MlflowIds
  readonly held: HeldPermissions
  readonly changes: PermissionChanges
  readonly roles: Roles
}
