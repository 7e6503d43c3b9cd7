import Type from 'typebox'
import { operation } from '../operation.js'
import { SecurableName } from '../unity/permissions.js'
import { Required } from '../wire.js'

export const Explain = operation({
  id: 'explain',
  method: 'GET',
  path: '/api/cairn/v1/explain',
  summary: 'Explain whether a principal has a privilege, with the deciding grants or what is missing',
  right: 'authenticated',
  input: Type.Object({
    ...SecurableName,
    privilege: Required(),
    principal: Type.Optional(
      Type.String({
        description: 'Default: the caller. Another principal requires MANAGE on the securable or READ AUDIT.',
      }),
    ),
  }),
  output: Type.Object({
    principal: Type.String(),
    privilege: Type.String(),
    securable_type: Type.String(),
    full_name: Type.String(),
    allowed: Type.Boolean(),
    /** The grant that met each requirement, or OWNER for ownership. */
    basis: Type.Array(
      Type.Object({
        privilege: Type.String(),
        securable_type: Type.String(),
        securable: Type.String(),
        principal: Type.String(),
      }),
    ),
    missing: Type.Array(
      Type.Object({
        privileges: Type.Array(Type.String()),
        securable_type: Type.String(),
        securable: Type.String(),
      }),
    ),
    /** The names of the principals who can grant what is missing. */
    can_grant: Type.Array(Type.String()),
    summary: Type.String(),
  }),
})
