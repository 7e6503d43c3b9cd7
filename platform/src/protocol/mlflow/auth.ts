import Type, { type TProperties } from 'typebox'
import { operation } from '../operation.js'
import { Empty, Int64, Required } from '../wire.js'
import { MlflowRole } from './roles.js'

/** Operations of MLflow's auth client: users, the permissions of 3.11, and the unified permissions of 3.17 (ADR 38). */
const V2 = '/api/2.0/mlflow'
const V3 = '/api/3.0/mlflow'
const MANAGE_IDENTITIES = { privilege: 'MANAGE IDENTITIES', on: 'metastore' } as const
/** The access of operations whose handler decides about the user or object in the input. */
const DECIDED_LATER = { right: 'authenticated', scope: 'none' } as const

const Username = () => Required({ maxLength: 255 })
const Level = () => Required({ maxLength: 100 })

export const ExperimentPermission = Type.Object({
  experiment_id: Type.String(),
  user_id: Int64(),
  permission: Type.String(),
})
export const ModelPermission = Type.Object({
  workspace: Type.String(),
  name: Type.String(),
  user_id: Int64(),
  permission: Type.String(),
})
const Identity = { id: Int64(), username: Type.String(), is_admin: Type.Boolean() }
export const MlflowUser = Type.Object({
  ...Identity,
  experiment_permissions: Type.Array(ExperimentPermission),
  registered_model_permissions: Type.Array(ModelPermission),
  /** Always empty. */
  scorer_permissions: Type.Array(Type.Unknown()),
})
const ThisUser = Type.Object({ username: Username() })

export const CreateMlflowUser = operation({
  id: 'createMlflowUser',
  method: 'POST',
  path: `${V2}/users/create`,
  summary: 'Create a user with a password',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({ username: Username(), password: Required({ maxLength: 1024 }) }),
  output: Type.Object({ user: MlflowUser }),
})
export const GetMlflowUser = operation({
  id: 'getMlflowUser',
  method: 'GET',
  path: `${V2}/users/get`,
  summary: 'Get a user with its permissions on experiments and registered models',
  right: 'authenticated',
  scope: 'read',
  input: ThisUser,
  output: Type.Object({ user: MlflowUser }),
})
export const ListMlflowUsers = operation({
  id: 'listMlflowUsers',
  method: 'GET',
  path: `${V2}/users/list`,
  summary: 'List users with their roles; callers who do not manage identities see only themselves',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({}),
  output: Type.Object({ users: Type.Array(Type.Object({ ...Identity, roles: Type.Array(MlflowRole) })) }),
})
export const GetCurrentMlflowUser = operation({
  id: 'getCurrentMlflowUser',
  method: 'GET',
  path: `${V2}/users/current`,
  summary: 'Get the caller; `is_basic_auth` tells whether it has a password',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({}),
  output: Type.Object({ user: Type.Object(Identity), is_basic_auth: Type.Boolean() }),
})
export const UpdateMlflowPassword = operation({
  id: 'updateMlflowPassword',
  method: 'PATCH',
  path: `${V2}/users/update-password`,
  summary: "Change the caller's password, or another user's as a manager of identities",
  ...DECIDED_LATER,
  input: Type.Object({
    username: Username(),
    password: Required({ maxLength: 1024 }),
    current_password: Type.Optional(Type.String({ maxLength: 1024 })),
  }),
  output: Empty,
})
export const UpdateMlflowAdmin = operation({
  id: 'updateMlflowAdmin',
  method: 'PATCH',
  path: `${V2}/users/update-admin`,
  summary: 'Add a user to the administrators, or remove it',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({ username: Username(), is_admin: Type.Boolean() }),
  output: Empty,
})
export const DeleteMlflowUser = operation({
  id: 'deleteMlflowUser',
  method: 'DELETE',
  path: `${V2}/users/delete`,
  summary: 'Delete a user that owns nothing',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: ThisUser,
  output: Empty,
})

/** Returns MLflow's operations on permissions on a kind of object until 3.16. The handlers decide about the object. */
function permissionOperations<const Path extends string, Key extends TProperties, Out extends TProperties>(
  { path, noun, type }: { path: Path; noun: string; type: 'experiment' | 'registered_model' },
  key: Key,
  output: Out,
) {
  const url = `${V2}/${path}/permissions` as const
  const right = { privilege: 'MANAGE', on: type, filtered: true } as const
  const one = { ...key, username: Username() }
  const withLevel = Type.Object({ ...one, permission: Level() })
  const id = (verb: string) => `${verb}Mlflow${noun}Permission`
  const object = type === 'experiment' ? 'an experiment' : 'a registered model'
  return {
    Create: operation({
      id: id('create'),
      method: 'POST',
      path: `${url}/create`,
      summary: `Grant a user a permission on ${object}`,
      ...{ right, scope: 'none' },
      input: withLevel,
      output: Type.Object(output),
    }),
    Get: operation({
      id: id('get'),
      method: 'GET',
      path: `${url}/get`,
      summary: `Get the permission of a user on ${object}`,
      right,
      scope: 'read',
      input: Type.Object(one),
      output: Type.Object(output),
    }),
    Update: operation({
      id: id('update'),
      method: 'PATCH',
      path: `${url}/update`,
      summary: `Change the permission of a user on ${object}`,
      ...{ right, scope: 'none' },
      input: withLevel,
      output: Empty,
    }),
    Delete: operation({
      id: id('delete'),
      method: 'DELETE',
      path: `${url}/delete`,
      summary: `Revoke the permission of a user on ${object}`,
      ...{ right, scope: 'none' },
      input: Type.Object(one),
      output: Empty,
    }),
  }
}

export const MlflowExperimentPermissions = permissionOperations(
  { path: 'experiments', noun: 'Experiment', type: 'experiment' },
  { experiment_id: Required() },
  { experiment_permission: ExperimentPermission },
)
export const MlflowModelPermissions = permissionOperations(
  { path: 'registered-models', noun: 'Model', type: 'registered_model' },
  { name: Required() },
  { registered_model_permission: ModelPermission },
)

const Resource = { resource_type: Level(), resource_id: Required() }

export const GrantMlflowPermission = operation({
  id: 'grantMlflowPermission',
  method: 'POST',
  path: `${V3}/users/permissions/grant`,
  summary: 'Grant a user a permission on an experiment or registered model',
  ...DECIDED_LATER,
  input: Type.Object({ username: Username(), ...Resource, permission: Level() }),
  output: Empty,
})
export const RevokeMlflowPermission = operation({
  id: 'revokeMlflowPermission',
  method: 'POST',
  path: `${V3}/users/permissions/revoke`,
  summary: 'Revoke the permission of a user on an experiment or registered model',
  ...DECIDED_LATER,
  input: Type.Object({ username: Username(), ...Resource }),
  output: Empty,
})
export const GetMlflowPermission = operation({
  id: 'getMlflowPermission',
  method: 'GET',
  path: `${V3}/users/permissions/get`,
  summary: 'Get what a user may do on an experiment or registered model; `allowed` with EDIT or MANAGE',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({ username: Username(), ...Resource }),
  output: Type.Object({ allowed: Type.Boolean(), permission: Type.String() }),
})

/** Operations on MLflow's permissions that Cairn does not have. They are refused with the reason, and never ignored. */
export const REFUSED_PERMISSIONS = (
  [
    ['scorers', 'Scorer', 'scorers', 'Grant a permission on the experiment of the scorer.'],
    [
      'gateway/secrets',
      'GatewaySecret',
      'gateway secrets',
      'Only administrators manage secrets of the gateway.',
    ],
    ['gateway/endpoints', 'GatewayEndpoint', 'gateway endpoints', 'Grant CAN_QUERY on the serving endpoint.'],
    [
      'gateway/model-definitions',
      'GatewayModelDefinition',
      'gateway model definitions',
      'Only administrators manage the gateway.',
    ],
  ] as const
).flatMap(([path, noun, what, advice]) =>
  (
    [
      ['create', 'POST'],
      ['get', 'GET'],
      ['update', 'PATCH'],
      ['delete', 'DELETE'],
    ] as const
  ).map(([verb, method]) => ({
    reason: `This server has no permissions on ${what}. ${advice}`,
    operation: operation({
      id: `${verb}Mlflow${noun}Permission`,
      method,
      path: `${V3}/${path}/permissions/${verb}`,
      summary: `Refused: this server has no permissions on ${what}`,
      right: 'authenticated',
      input: Type.Object({}),
      output: Empty,
    }),
  })),
)
