import * as imports from '@cairn/platform/protocol/cairn/imports'
import * as mlflowAuth from '@cairn/platform/protocol/mlflow/auth'
import * as mlflowRoles from '@cairn/platform/protocol/mlflow/roles'
import { IDENTITIES, NO_PRIVILEGES, type Row } from './rights-row.js'

const somebody = { username: 'nobody' }
const aRole = { role_id: 987_654 }
const everything = { resource_type: 'experiment', resource_id: '*' }
const MANAGE: Row['sufficient'] = [[['MANAGE', 'm']]]
const ADMINISTRATION: Row['sufficient'] = [
  [
    ['ALL PRIVILEGES', 'm'],
    ['MANAGE', 'm'],
  ],
]
/** MLflow's users and roles. Roles that the caller may not see are answered like those that do not exist. */
export const MLFLOW_ROWS: readonly Row[] = (
  [
    [mlflowAuth.CreateMlflowUser, { ...somebody, password: 'short' }, IDENTITIES],
    [mlflowAuth.GetMlflowUser, somebody, IDENTITIES],
    [mlflowAuth.ListMlflowUsers, {}, NO_PRIVILEGES],
    [mlflowAuth.GetCurrentMlflowUser, {}, NO_PRIVILEGES],
    [mlflowAuth.UpdateMlflowPassword, { ...somebody, password: 'short' }, IDENTITIES],
    [mlflowAuth.UpdateMlflowAdmin, { ...somebody, is_admin: true }, ADMINISTRATION],
    [mlflowAuth.DeleteMlflowUser, somebody, IDENTITIES],
    [mlflowAuth.GrantMlflowPermission, { ...somebody, ...everything, permission: 'READ' }, MANAGE],
    [mlflowAuth.RevokeMlflowPermission, { ...somebody, ...everything }, MANAGE],
    [mlflowAuth.GetMlflowPermission, { ...somebody, ...everything }, MANAGE],
    ...mlflowAuth.REFUSED_PERMISSIONS.map(({ operation }) => [operation, {}, NO_PRIVILEGES] as const),
    [mlflowRoles.ListMlflowPermissions, somebody, IDENTITIES],
    [mlflowRoles.ListCurrentMlflowPermissions, {}, NO_PRIVILEGES],
    [mlflowRoles.CreateMlflowRole, { workspace: 'elsewhere', name: 'x' }, IDENTITIES],
    [mlflowRoles.GetMlflowRole, aRole, NO_PRIVILEGES],
    [mlflowRoles.ListMlflowRoles, {}, NO_PRIVILEGES],
    [mlflowRoles.UpdateMlflowRole, { ...aRole, name: 'x' }, IDENTITIES],
    [mlflowRoles.DeleteMlflowRole, aRole, IDENTITIES],
    [
      mlflowRoles.AddMlflowRolePermission,
      { ...aRole, resource_type: 'experiment', resource_pattern: '*', permission: 'READ' },
      MANAGE,
    ],
    [mlflowRoles.RemoveMlflowRolePermission, { role_permission_id: 987_654 }, NO_PRIVILEGES],
    [mlflowRoles.ListMlflowRolePermissions, aRole, NO_PRIVILEGES],
    [
      mlflowRoles.UpdateMlflowRolePermission,
      { role_permission_id: 987_654, permission: 'READ' },
      NO_PRIVILEGES,
    ],
    [mlflowRoles.AssignMlflowRole, { ...somebody, ...aRole }, IDENTITIES],
    [mlflowRoles.UnassignMlflowRole, { ...somebody, ...aRole }, IDENTITIES],
    [mlflowRoles.ListMlflowUserRoles, somebody, IDENTITIES],
    [mlflowRoles.ListMlflowRoleUsers, aRole, NO_PRIVILEGES],
    [imports.ImportUser, { name: 'imported', permissions: [] }, IDENTITIES],
    [imports.ImportRole, { name: 'imported role', users: [], permissions: [] }, IDENTITIES],
  ] as const
).map(([op, input, sufficient]) => ({ op, input: () => input, sufficient }))
