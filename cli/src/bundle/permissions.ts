import type { Client } from '@cairn/platform/protocol/client'
import {
  EndpointPermissions,
  ExperimentPermissions,
  JobPermissions,
  ModelPermissions,
} from '@cairn/platform/protocol/object-permissions'
import type { ResourceKind } from './schema.js'

/** An entry of `permissions` of a resource, in the words of Databricks' bundles. */
export interface BundlePermission {
  readonly level: string
  readonly user_name?: string
  readonly group_name?: string
  readonly service_principal_name?: string
}

const SET = {
  jobs: JobPermissions.Set,
  experiments: ExperimentPermissions.Set,
  registered_models: ModelPermissions.Set,
  model_serving_endpoints: EndpointPermissions.Set,
} as const satisfies Record<ResourceKind, unknown>

/** Replaces the permissions on a resource except those of its owner. @throws the server's error for an unknown level or principal */
export async function setPermissions(
  call: Client,
  kind: ResourceKind,
  id: string,
  permissions: readonly BundlePermission[],
): Promise<void> {
  await call(SET[kind], {
    id,
    access_control_list: permissions.map(({ level, ...holder }) => ({ ...holder, permission_level: level })),
  })
}
