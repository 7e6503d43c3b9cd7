import Type from 'typebox'
import { operation } from '../operation.js'
import { SecurableName } from '../unity/permissions.js'

export const FindPrincipals = operation({
  id: 'findPrincipals',
  method: 'GET',
  path: '/api/cairn/v1/grantees',
  summary:
    'Find the principals that can be granted rights on a securable by a part of their name; requires MANAGE on it',
  right: { privilege: 'MANAGE', on: 'catalog' },
  input: Type.Object({
    ...SecurableName,
    query: Type.String({ maxLength: 255, description: 'At least 3 characters.' }),
  }),
  output: Type.Object({
    principals: Type.Array(
      Type.Object({ name: Type.String(), display_name: Type.String(), type: Type.String() }),
    ),
  }),
})
