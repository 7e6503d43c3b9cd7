import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { AnyJson, Empty, Int64, OneOf, Required, Unsupported } from '../wire.js'

export const SECRET_PERMISSIONS = ['READ', 'WRITE', 'MANAGE'] as const
export type SecretPermission = (typeof SECRET_PERMISSIONS)[number]

const BASE = '/api/2.0/secrets'

/** Rights on the scope that the input names. */
const onScope = <const Name extends string>(privilege: Name) =>
  ({ privilege, on: 'secret_scope', by: ['scope'] }) as const
const READ_SECRETS = onScope('READ SECRETS')
const WRITE_SECRETS = onScope('WRITE SECRETS')
const MANAGE_SCOPE = onScope('MANAGE')

const Name = () =>
  Type.String({
    pattern: '^[\\w.@-]{1,128}$',
    message: "letters, digits, '_', '-', '@' and '.', at most 128",
  })
/** The name of something that exists. Any other text is not found. */
const Named = () => Required({ maxLength: 128 })

/** A value, which the handler checks, because an error of the validation would quote it. */
const Value = () => Type.Optional(AnyJson())

const SecretScope = Type.Object({ name: Type.String(), backend_type: OneOf(['DATABRICKS']) })

const SecretMetadata = Type.Object({ key: Type.String(), last_updated_timestamp: Int64() })

const AclItem = Type.Object({ principal: Type.String(), permission: OneOf(SECRET_PERMISSIONS) })
export type AclItem = Static<typeof AclItem>

export const CreateSecretScope = operation({
  id: 'createSecretScope',
  method: 'POST',
  path: `${BASE}/scopes/create`,
  summary: 'Create a scope of secrets, which its creator manages',
  right: { privilege: 'CREATE SECRET SCOPE', on: 'metastore' },
  input: Type.Object({
    scope: Name(),
    initial_manage_principal: Type.Optional(
      Type.String({ maxLength: 255, description: '`users`: everybody manages the scope.' }),
    ),
    scope_backend_type: Type.Optional(OneOf(['DATABRICKS'])),
    backend_azure_keyvault: Unsupported(),
  }),
  output: Empty,
})

export const ListSecretScopes = operation({
  id: 'listSecretScopes',
  method: 'GET',
  path: `${BASE}/scopes/list`,
  summary: 'List the scopes of secrets that the caller may read',
  right: { privilege: 'READ SECRETS', on: 'secret_scope', filtered: true },
  input: Type.Object({}),
  output: Type.Object({ scopes: Type.Array(SecretScope) }),
})

export const DeleteSecretScope = operation({
  id: 'deleteSecretScope',
  method: 'POST',
  path: `${BASE}/scopes/delete`,
  summary: 'Delete a scope with its secrets and permissions',
  right: MANAGE_SCOPE,
  input: Type.Object({ scope: Named() }),
  output: Empty,
})

export const PutSecret = operation({
  id: 'putSecret',
  method: 'POST',
  path: `${BASE}/put`,
  summary: 'Create or replace a secret: text, or bytes in Base64, of 128 KB at most',
  right: WRITE_SECRETS,
  input: Type.Object({ scope: Named(), key: Name(), string_value: Value(), bytes_value: Value() }),
  output: Empty,
})

export const GetSecret = operation({
  id: 'getSecret',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get the value of a secret in Base64',
  right: READ_SECRETS,
  // A token with the scope `read` reads no secrets.
  scope: 'workspace',
  input: Type.Object({ scope: Named(), key: Named() }),
  output: Type.Object({ key: Type.String(), value: Type.String() }),
})

export const ListSecrets = operation({
  id: 'listSecrets',
  method: 'GET',
  path: `${BASE}/list`,
  summary: 'List the secrets of a scope, without their values',
  right: READ_SECRETS,
  input: Type.Object({ scope: Named() }),
  output: Type.Object({ secrets: Type.Array(SecretMetadata) }),
})

export const DeleteSecret = operation({
  id: 'deleteSecret',
  method: 'POST',
  path: `${BASE}/delete`,
  summary: 'Delete a secret',
  right: WRITE_SECRETS,
  input: Type.Object({ scope: Named(), key: Named() }),
  output: Empty,
})

const Principal = () => Required({ maxLength: 255 })

export const PutSecretAcl = operation({
  id: 'putSecretAcl',
  method: 'POST',
  path: `${BASE}/acls/put`,
  summary: 'Give a principal a permission on a scope, in place of the one that it has',
  right: MANAGE_SCOPE,
  scope: 'none',
  input: Type.Object({ scope: Named(), principal: Principal(), permission: OneOf(SECRET_PERMISSIONS) }),
  output: Empty,
})

export const GetSecretAcl = operation({
  id: 'getSecretAcl',
  method: 'GET',
  path: `${BASE}/acls/get`,
  summary: 'Get the permission of a principal on a scope',
  right: MANAGE_SCOPE,
  input: Type.Object({ scope: Named(), principal: Principal() }),
  output: AclItem,
})

export const ListSecretAcls = operation({
  id: 'listSecretAcls',
  method: 'GET',
  path: `${BASE}/acls/list`,
  summary: 'List the permissions on a scope',
  right: MANAGE_SCOPE,
  input: Type.Object({ scope: Named() }),
  output: Type.Object({ items: Type.Array(AclItem) }),
})

export const DeleteSecretAcl = operation({
  id: 'deleteSecretAcl',
  method: 'POST',
  path: `${BASE}/acls/delete`,
  summary: 'Take the permission on a scope from a principal',
  right: MANAGE_SCOPE,
  scope: 'none',
  input: Type.Object({ scope: Named(), principal: Principal() }),
  output: Empty,
})
