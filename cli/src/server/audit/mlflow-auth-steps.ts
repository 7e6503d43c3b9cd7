import { CANARY, PASSWORD, type Step, type StepValues } from './steps.js'

const V2 = '/api/2.0/mlflow'
const V3 = '/api/3.0/mlflow'
const IMPORT = '/api/cairn/v1/import'
const EXPERIMENT = { resource_type: 'experiment', resource_id: '0' }

const step = (
  action: string,
  object: string,
  request: string,
  body: (found: StepValues) => unknown,
  keep?: Step['keep'],
): Step => ({ action, object, request: () => request, body, ...(keep && { keep }) })

/** The permission of a user on one object, in the API of MLflow 3.11. */
const permissions = (noun: string, object: string, path: string, key: Readonly<Record<string, string>>) => {
  const one = { ...key, username: 'cleo' }
  const url = `${V2}/${path}/permissions`
  return [
    step(`createMlflow${noun}Permission`, object, `POST ${url}/create`, () => ({
      ...one,
      permission: 'READ',
    })),
    step(`updateMlflow${noun}Permission`, object, `PATCH ${url}/update`, () => ({
      ...one,
      permission: 'EDIT',
    })),
    step(`deleteMlflow${noun}Permission`, object, `DELETE ${url}/delete`, () => one),
  ]
}

const role = ({ role }: StepValues) => ({ role_id: Number(role) })
const rolePermission = ({ permission }: StepValues) => ({ role_permission_id: Number(permission) })

/** The committed operations of MLflow's auth API (ADR 38), in the order of an account's life. */
export const MLFLOW_AUTH_STEPS: readonly Step[] = [
  step('createMlflowUser', 'user', `POST ${V2}/users/create`, () => ({
    username: 'cleo',
    password: PASSWORD,
  })),
  step('updateMlflowPassword', 'user', `PATCH ${V2}/users/update-password`, () => ({
    username: 'cleo',
    password: `${PASSWORD} new`,
  })),
  step('updateMlflowAdmin', 'group', `PATCH ${V2}/users/update-admin`, () => ({
    username: 'cleo',
    is_admin: true,
  })),
  ...permissions('Experiment', 'experiment', 'experiments', { experiment_id: '0' }),
  ...permissions('Model', 'registered_model', 'registered-models', { name: 'another' }),
  step('grantMlflowPermission', 'experiment', `POST ${V3}/users/permissions/grant`, () => ({
    ...EXPERIMENT,
    username: 'cleo',
    permission: 'READ',
  })),
  step('revokeMlflowPermission', 'experiment', `POST ${V3}/users/permissions/revoke`, () => ({
    ...EXPERIMENT,
    username: 'cleo',
  })),
  step(
    'createMlflowRole',
    'group',
    `POST ${V3}/roles/create`,
    () => ({ workspace: 'default', name: 'readers', description: CANARY }),
    ({ role }) => ({ role: String(role.id) }),
  ),
  step('updateMlflowRole', 'group', `PATCH ${V3}/roles/update`, (found) => ({
    ...role(found),
    name: 'writers',
  })),
  step(
    'addMlflowRolePermission',
    'experiment',
    `POST ${V3}/roles/permissions/add`,
    (found) => ({ ...role(found), resource_type: 'experiment', resource_pattern: '0', permission: 'READ' }),
    ({ role_permission }) => ({ permission: String(role_permission.id) }),
  ),
  step('updateMlflowRolePermission', 'experiment', `PATCH ${V3}/roles/permissions/update`, (found) => ({
    ...rolePermission(found),
    permission: 'EDIT',
  })),
  step('removeMlflowRolePermission', 'experiment', `DELETE ${V3}/roles/permissions/remove`, rolePermission),
  step('assignMlflowRole', 'group', `POST ${V3}/roles/assign`, (found) => ({
    ...role(found),
    username: 'cleo',
  })),
  step('unassignMlflowRole', 'group', `DELETE ${V3}/roles/unassign`, (found) => ({
    ...role(found),
    username: 'cleo',
  })),
  step('deleteMlflowRole', 'group', `DELETE ${V3}/roles/delete`, role),
  step('deleteMlflowUser', 'user', `DELETE ${V2}/users/delete`, () => ({ username: 'cleo' })),
  step('importUser', 'user', `POST ${IMPORT}/users`, () => ({
    name: 'dora',
    permissions: [{ ...EXPERIMENT, permission: 'READ' }],
  })),
  step('importRole', 'group', `POST ${IMPORT}/roles`, () => ({
    name: 'imported',
    users: ['dora'],
    permissions: [],
  })),
]
