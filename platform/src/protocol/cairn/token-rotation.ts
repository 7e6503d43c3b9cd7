import Type from 'typebox'
import { NewToken, TokenLifetime } from '../databricks/identities.js'
import { operation } from '../operation.js'

export const RotateToken = operation({
  id: 'rotateToken',
  method: 'POST',
  path: '/api/cairn/v1/tokens/rotate',
  summary:
    'Replace the token of this request by one with the same scopes; the old one stays valid for a grace',
  right: 'authenticated',
  scope: 'any',
  input: Type.Object({
    ...TokenLifetime,
    grace_seconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 86_400, description: 'Default: 3600.' }),
    ),
  }),
  output: NewToken,
})
