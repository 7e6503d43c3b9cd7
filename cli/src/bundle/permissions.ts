import type { Client } from '@cairn/platform/protocol/client'
import {
  EndpointPermissions,
  ExperimentPermissions,
  JobPermissions,
  ModelPermissions,
} from '@cairn/platform/protocol/databricks/object-permissions'
import type { ResourceKind } from './schema.js'
import type { DeployedResource } from './state.js'

/** An entry of `permissions` of a resource, in the words of Databricks' bundles. */
export interface BundlePermission {
  readonly level: string
  readonly user_name?: string
  readonly group_name?: string
  readonly service_principal_name?: string
}

/** The operation of each kind, and what identifies a resource in it: the same that `requireOwn` has checked. */
const SET = {
  jobs: [JobPermissions.Set, 'id'],
  experiments: [ExperimentPermissions.Set, 'id'],
  registered_models: [ModelPermissions.Set, 'name'],
  model_serving_endpoints: [EndpointPermissions.Set, 'name'],
} as const satisfies Record<ResourceKind, readonly [unknown, keyof DeployedResource]>

/** Replaces the permissions on a resource except those of its owner. @throws the server's error for an unknown level or principal */
export async function setPermissions(
  call: Client,
  kind: ResourceKind,
  deployed: DeployedResource,
  permissions: readonly BundlePermission[],
): Promise<void> {
  const [operation, key] = SET[kind]
  await call(operation, {
    id: deployed[key],
    access_control_list: permissions.map(({ level, ...holder }) => ({ ...holder, permission_level: level })),
  })
}
