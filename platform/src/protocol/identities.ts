import Type, { type Static } from 'typebox'
import { operation } from './operation.js'
import { Empty, Int64, Required } from './wire.js'

const SCIM = '/api/2.0/preview/scim/v2'
const MANAGE = { privilege: 'MANAGE IDENTITIES', on: 'metastore' } as const

/** SCIM's reference to another resource: `value` is its id, `display` its name. */
export const Reference = Type.Object({
  value: Type.String(),
  display: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  primary: Type.Optional(Type.Boolean()),
})
const References = Type.Optional(Type.Array(Reference, { maxItems: 10_000 }))

/** A user, group or service principal as SCIM writes it; each type leaves out what does not concern it. */
export const ScimResource = Type.Object({
  schemas: Type.Array(Type.String()),
  id: Type.String(),
  displayName: Type.String(),
  active: Type.Optional(Type.Boolean()),
  /** Users: the unique name, an e-mail as a rule. */
  userName: Type.Optional(Type.String()),
  /** Service principals: the unique name, by which grants call it. */
  applicationId: Type.Optional(Type.String()),
  emails: References,
  groups: References,
  members: References,
  meta: Type.Object({ resourceType: Type.String() }),
})
export type ScimResource = Static<typeof ScimResource>

const Body = {
  displayName: Type.Optional(Type.String({ maxLength: 255 })),
  active: Type.Optional(Type.Boolean()),
  userName: Type.Optional(Type.String({ maxLength: 255 })),
  applicationId: Type.Optional(Type.String({ maxLength: 255 })),
  members: References,
}
export const ScimBody = Type.Object(Body)
export type ScimBody = Static<typeof ScimBody>

export const ScimOperation = Type.Object({
  op: Required(),
  path: Type.Optional(Type.String()),
  value: Type.Optional(Type.Unknown()),
})
export type ScimOperation = Static<typeof ScimOperation>

function resources(noun: 'Users' | 'Groups' | 'ServicePrincipals', base = SCIM, suffix = '') {
  const one = noun.slice(0, -1)
  const id = (verb: string, what = one) => `${verb}${what}${suffix}`
  const byId = { id: Required({ maxLength: 255 }) }
  return {
    List: operation({
      id: id('list', noun),
      method: 'GET',
      path: `${base}/${noun}`,
      summary: `Lists ${noun}; to those who do not manage identities, themselves and their groups`,
      right: 'authenticated',
      input: Type.Object({
        filter: Type.Optional(Type.String({ description: '`attribute eq "value"`' })),
        startIndex: Type.Optional(Int64({ minimum: 0, description: 'From 1.' })),
        count: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
      }),
      output: Type.Object({
        schemas: Type.Array(Type.String()),
        totalResults: Int64(),
        startIndex: Int64(),
        itemsPerPage: Int64(),
        Resources: Type.Array(ScimResource),
      }),
    }),
    Create: operation({
      id: id('create'),
      method: 'POST',
      path: `${base}/${noun}`,
      summary: `Creates a ${one}`,
      right: MANAGE,
      input: ScimBody,
      output: ScimResource,
    }),
    Get: operation({
      id: id('get'),
      method: 'GET',
      path: `${base}/${noun}/{id}`,
      summary: `Gets a ${one}`,
      right: 'authenticated',
      input: Type.Object(byId),
      output: ScimResource,
    }),
    Patch: operation({
      id: id('patch'),
      method: 'PATCH',
      path: `${base}/${noun}/{id}`,
      summary: `Changes a ${one}: names, whether it is active, members`,
      right: MANAGE,
      input: Type.Object({ ...byId, Operations: Type.Array(ScimOperation, { maxItems: 1000 }) }),
      output: ScimResource,
    }),
    Replace: operation({
      id: id('update'),
      method: 'PUT',
      path: `${base}/${noun}/{id}`,
      summary: `Replaces what a ${one} says of itself`,
      right: MANAGE,
      input: Type.Object({ ...byId, ...Body }),
      output: ScimResource,
    }),
    Delete: operation({
      id: id('delete'),
      method: 'DELETE',
      path: `${base}/${noun}/{id}`,
      summary: `Deletes a ${one} with its tokens, grants and memberships`,
      right: MANAGE,
      input: Type.Object(byId),
      output: Empty,
    }),
  }
}

export const Users = resources('Users')
export const Groups = resources('Groups')
export const ServicePrincipals = resources('ServicePrincipals')

const UNITY_CONTROL = '/api/1.0/unity-control/scim2'
/** Where Unity Catalog's own tools manage users. */
export const UnityUsers = resources('Users', UNITY_CONTROL, 'UnityControl')

export const Me = operation({
  id: 'me',
  method: 'GET',
  path: `${SCIM}/Me`,
  summary: 'Who the caller is, and in which groups',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ ...ScimResource.properties, userName: Type.String() }),
})
export const UnityMe = { ...Me, id: 'meUnityControl', path: `${UNITY_CONTROL}/Me` }

const TokenInfo = Type.Object({
  token_id: Type.String(),
  comment: Type.String(),
  creation_time: Int64(),
  /** -1 for never. */
  expiry_time: Int64(),
})
const Lifetime = {
  comment: Type.Optional(Type.String({ maxLength: 1000 })),
  lifetime_seconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_153_600_000, description: 'For ever when absent.' }),
  ),
}
const NewToken = Type.Object({ token_value: Type.String(), token_info: TokenInfo })

export const CreateToken = operation({
  id: 'createToken',
  method: 'POST',
  path: '/api/2.0/token/create',
  summary: "Makes a token of the caller's own; its value is shown this once",
  right: 'authenticated',
  input: Type.Object(Lifetime),
  output: NewToken,
})

export const ListTokens = operation({
  id: 'listTokens',
  method: 'GET',
  path: '/api/2.0/token/list',
  summary: "Lists the caller's own tokens, without their values",
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ token_infos: Type.Array(TokenInfo) }),
})

export const DeleteToken = operation({
  id: 'deleteToken',
  method: 'POST',
  path: '/api/2.0/token/delete',
  summary: "Revokes one of the caller's own tokens, at once",
  right: 'authenticated',
  input: Type.Object({ token_id: Required() }),
  output: Empty,
})

export const CreateOboToken = operation({
  id: 'createOboToken',
  method: 'POST',
  path: '/api/2.0/token-management/on-behalf-of/tokens',
  summary: 'Makes a token for a service principal',
  right: MANAGE,
  input: Type.Object({ application_id: Required(), ...Lifetime }),
  output: NewToken,
})

const ManagedToken = Type.Object({
  ...TokenInfo.properties,
  owner: Type.String(),
  created_by_username: Type.String(),
})

export const ListManagedTokens = operation({
  id: 'listManagedTokens',
  method: 'GET',
  path: '/api/2.0/token-management/tokens',
  summary: "Lists everybody's tokens, without their values",
  right: MANAGE,
  input: Type.Object({ created_by_username: Type.Optional(Type.String()) }),
  output: Type.Object({ token_infos: Type.Array(ManagedToken) }),
})

export const DeleteManagedToken = operation({
  id: 'deleteManagedToken',
  method: 'DELETE',
  path: '/api/2.0/token-management/tokens/{token_id}',
  summary: "Revokes anybody's token, at once",
  right: MANAGE,
  input: Type.Object({ token_id: Required() }),
  output: Empty,
})

export const GetDatabricksConfig = operation({
  id: 'getDatabricksConfig',
  method: 'GET',
  path: '/.well-known/databricks-config',
  summary: 'What databricks-sdk asks before anything else: there is no OIDC here',
  right: 'anyone',
  input: Type.Object({}),
  output: Empty,
})
