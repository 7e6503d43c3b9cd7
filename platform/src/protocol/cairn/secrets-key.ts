import Type from 'typebox'
import { operation } from '../operation.js'
import { Int64 } from '../wire.js'

export const RotateSecretsKey = operation({
  id: 'rotateSecretsKey',
  method: 'POST',
  path: '/api/cairn/v1/secrets/rotate-key',
  summary: 'Encrypt all secrets with a new key, or with the configured one in place of the previous one',
  right: { privilege: 'MANAGE', on: 'metastore' },
  scope: 'none',
  input: Type.Object({}),
  output: Type.Object({ sealed_again: Int64() }),
})
