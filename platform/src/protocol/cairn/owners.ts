import Type from 'typebox'
import { operation } from '../operation.js'
import { SecurableName } from '../unity/permissions.js'
import { Empty, Required } from '../wire.js'

export const SetOwner = operation({
  id: 'setOwner',
  method: 'PUT',
  path: '/api/cairn/v1/owners/{securable_type}/{full_name}',
  summary:
    'Name another owner of an experiment, registered model, job or endpoint; only its owner and the owner of the metastore may',
  right: { privilege: 'MANAGE', on: 'catalog' },
  scope: 'none',
  input: Type.Object({
    ...SecurableName,
    owner: Required({ maxLength: 255, description: 'Name or id of the principal.' }),
  }),
  output: Empty,
})
