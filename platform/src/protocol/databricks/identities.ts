import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { NextPage, PageFields } from '../unity/catalogs.js'
import { Empty, Int64, OneOf, Required, Search } from '../wire.js'

const SCIM = '/api/2.0/preview/scim/v2'
const MANAGE = { privilege: 'MANAGE IDENTITIES', on: 'metastore' } as const

/** A reference to another resource in SCIM. `value` is its id, and `display` its name. */
export const Reference = Type.Object({
  value: Type.String(),
  display: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  primary: Type.Optional(Type.Boolean()),
})
const References = Type.Optional(Type.Array(Reference, { maxItems: 100_000 }))

/** A user, group or service principal in SCIM. Each type omits the fields that it does not have. */
export const ScimResource = Type.Object({
  schemas: Type.Array(Type.String()),
  id: Type.String(),
  displayName: Type.String(),
  active: Type.Optional(Type.Boolean()),
  /** The unique name of a user, usually an e-mail address. */
  userName: Type.Optional(Type.String()),
  /** The unique name of a service principal, which grants use. */
  applicationId: Type.Optional(Type.String()),
  emails: References,
  groups: References,
  members: References,
  /** The id at an identity provider. */
  externalId: Type.Optional(Type.String()),
  meta: Type.Object({
    resourceType: Type.String(),
    created: Type.Optional(Type.String()),
    lastModified: Type.Optional(Type.String()),
    location: Type.Optional(Type.String()),
  }),
})
export type ScimResource = Static<typeof ScimResource>

const Body = {
  displayName: Type.Optional(Type.String({ maxLength: 255 })),
  active: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
  externalId: Type.Optional(Type.String({ maxLength: 255 })),
  emails: Type.Optional(
    Type.Array(
      Type.Object({ value: Type.String({ maxLength: 320 }), primary: Type.Optional(Type.Unknown()) }),
      { maxItems: 100 },
    ),
  ),
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

const Projection = {
  attributes: Type.Optional(Type.String({ description: 'Attributes to return, separated by commas.' })),
  excludedAttributes: Type.Optional(Type.String({ description: 'Attributes to omit.' })),
}
const CHANGE = { right: MANAGE, scope: 'none' } as const

const LIST = {
  input: Type.Object({
    filter: Type.Optional(Type.String({ description: 'A filter of SCIM, such as `userName eq "ada"`.' })),
    startIndex: Type.Optional(Int64({ minimum: 0, description: 'From 1.' })),
    count: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
    sortBy: Type.Optional(Type.String({ maxLength: 255, description: 'An attribute; default: the name.' })),
    sortOrder: Type.Optional(OneOf(['ascending', 'descending'])),
    ...Projection,
  }),
  output: Type.Object({
    schemas: Type.Array(Type.String()),
    totalResults: Int64(),
    startIndex: Int64(),
    itemsPerPage: Int64(),
    Resources: Type.Array(ScimResource),
  }),
}

function resources(noun: 'Users' | 'Groups' | 'ServicePrincipals', base = SCIM, suffix = '') {
  const one = noun.slice(0, -1)
  const id = (verb: string, what = one) => `${verb}${what}${suffix}`
  const byId = { id: Required({ maxLength: 255 }) }
  return {
    List: operation({
      id: id('list', noun),
      method: 'GET',
      path: `${base}/${noun}`,
      summary: `List ${noun}; callers who do not manage identities see only themselves and their groups`,
      right: 'authenticated',
      ...LIST,
    }),
    Create: operation({
      id: id('create'),
      method: 'POST',
      path: `${base}/${noun}`,
      summary: `Create a ${one}`,
      ...CHANGE,
      input: ScimBody,
      output: ScimResource,
    }),
    Get: operation({
      id: id('get'),
      method: 'GET',
      path: `${base}/${noun}/{id}`,
      summary: `Get a ${one}`,
      right: 'authenticated',
      input: Type.Object({ ...byId, ...Projection }),
      output: ScimResource,
    }),
    Patch: operation({
      id: id('patch'),
      method: 'PATCH',
      path: `${base}/${noun}/{id}`,
      summary: `Update the names, active state or members of a ${one}`,
      ...CHANGE,
      input: Type.Object({
        ...{ ...byId, ...Projection },
        Operations: Type.Array(ScimOperation, { maxItems: 1000 }),
      }),
      output: ScimResource,
    }),
    Replace: operation({
      id: id('update'),
      method: 'PUT',
      path: `${base}/${noun}/{id}`,
      summary: `Replace the attributes of a ${one}`,
      ...CHANGE,
      input: Type.Object({ ...byId, ...Projection, ...Body }),
      output: ScimResource,
    }),
    Delete: operation({
      id: id('delete'),
      method: 'DELETE',
      path: `${base}/${noun}/{id}`,
      summary: `Delete a ${one} with its tokens, grants and memberships`,
      ...CHANGE,
      input: Type.Object(byId),
      output: Empty,
    }),
  }
}

export const Users = resources('Users')
export const Groups = resources('Groups')
export const ServicePrincipals = resources('ServicePrincipals')

const UNITY_CONTROL = '/api/1.0/unity-control/scim2'
/** The paths under which Unity Catalog's tools manage users. */
export const UnityUsers = resources('Users', UNITY_CONTROL, 'UnityControl')

const Discovered = { right: 'authenticated', input: Type.Object({}) } as const
const Documents = Type.Object({
  schemas: Type.Array(Type.String()),
  totalResults: Int64(),
  startIndex: Int64(),
  itemsPerPage: Int64(),
  Resources: Type.Array(Type.Object({}, { additionalProperties: true })),
})

export const GetServiceProviderConfig = operation({
  id: 'getServiceProviderConfig',
  method: 'GET',
  path: `${SCIM}/ServiceProviderConfig`,
  summary: 'Get what SCIM supports here',
  ...Discovered,
  output: Type.Object({ schemas: Type.Array(Type.String()) }, { additionalProperties: true }),
})

export const ListResourceTypes = operation({
  id: 'listScimResourceTypes',
  method: 'GET',
  path: `${SCIM}/ResourceTypes`,
  summary: 'List the types of SCIM resources',
  ...Discovered,
  output: Documents,
})

export const ListScimSchemas = operation({
  id: 'listScimSchemas',
  method: 'GET',
  path: `${SCIM}/Schemas`,
  summary: 'List the schemas of SCIM resources',
  ...Discovered,
  output: Documents,
})

export const Me = operation({
  id: 'me',
  method: 'GET',
  path: `${SCIM}/Me`,
  summary: 'Get the caller and its groups',
  right: 'authenticated',
  input: Type.Object(Projection),
  output: Type.Object({ ...ScimResource.properties, userName: Type.String() }),
})
export const UnityMe = { ...Me, id: 'meUnityControl', path: `${UNITY_CONTROL}/Me` }

const TokenInfo = Type.Object({
  token_id: Type.String(),
  comment: Type.String(),
  creation_time: Int64(),
  /** The time at which the token expires; -1 for never. */
  expiry_time: Int64(),
  /** Milliseconds since the epoch to the minute; absent for a token that was never used. */
  last_used_at: Type.Optional(Int64()),
  /** Absent for a token with all rights of its principal. */
  scopes: Type.Optional(Type.Array(Type.String())),
})
export const TokenLifetime = {
  comment: Type.Optional(Type.String({ maxLength: 1000 })),
  lifetime_seconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_153_600_000, description: 'Default: the lifetime of the server.' }),
  ),
}
const Scopes = {
  scopes: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 100,
      description:
        '`read`, `tracking`, `registry`, `catalog`, `jobs` or `serving:NAME`; all rights when absent.',
    }),
  ),
}
export const NewToken = Type.Object({ token_value: Type.String(), token_info: TokenInfo })

export const CreateToken = operation({
  id: 'createToken',
  method: 'POST',
  path: '/api/2.0/token/create',
  summary: 'Create a token of the caller; its value is returned only once',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({
    ...TokenLifetime,
    ...Scopes,
    scope: Type.Optional(Type.String({ description: 'The same, separated by spaces.' })),
  }),
  output: NewToken,
})

export const ListTokens = operation({
  id: 'listTokens',
  method: 'GET',
  path: '/api/2.0/token/list',
  summary: "List the caller's tokens without their values, newest first",
  right: 'authenticated',
  input: Type.Object({ search: Search('comment'), ...PageFields }),
  output: Type.Object({ token_infos: Type.Array(TokenInfo), ...NextPage }),
})

export const DeleteToken = operation({
  id: 'deleteToken',
  method: 'POST',
  path: '/api/2.0/token/delete',
  summary: 'Revoke a token of the caller immediately',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({ token_id: Required() }),
  output: Empty,
})

export const CreateOboToken = operation({
  id: 'createOboToken',
  method: 'POST',
  path: '/api/2.0/token-management/on-behalf-of/tokens',
  summary: 'Create a token for a service principal or a user',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({ application_id: Required(), ...TokenLifetime, ...Scopes }),
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
  summary: 'List the tokens of all principals without their values, newest first',
  right: MANAGE,
  input: Type.Object({
    created_by_id: Type.Optional(Type.String()),
    created_by_username: Type.Optional(Type.String()),
    search: Search("comment or the owner's name"),
    ...PageFields,
  }),
  output: Type.Object({ token_infos: Type.Array(ManagedToken), ...NextPage }),
})

export const GetManagedToken = operation({
  id: 'getManagedToken',
  method: 'GET',
  path: '/api/2.0/token-management/tokens/{token_id}',
  summary: 'Get a token of any principal without its value',
  right: MANAGE,
  input: Type.Object({ token_id: Required() }),
  output: Type.Object({ token_info: ManagedToken }),
})

export const DeleteManagedToken = operation({
  id: 'deleteManagedToken',
  method: 'DELETE',
  path: '/api/2.0/token-management/tokens/{token_id}',
  summary: 'Revoke a token of any principal immediately',
  right: MANAGE,
  scope: 'none',
  input: Type.Object({ token_id: Required() }),
  output: Empty,
})

export const GetDatabricksConfig = operation({
  id: 'getDatabricksConfig',
  method: 'GET',
  path: '/.well-known/databricks-config',
  summary: 'Get the OIDC configuration that databricks-sdk requests first; this server has none',
  right: 'anyone',
  input: Type.Object({}),
  output: Empty,
})
