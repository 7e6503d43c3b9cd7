import Type from 'typebox'
import { operation } from '../operation.js'
import { FullName } from '../unity/catalogs.js'
import { Int64 } from '../wire.js'

export const ReadTableRows = operation({
  id: 'readTableRows',
  method: 'GET',
  path: '/api/cairn/v1/tables/{full_name}/rows',
  summary: 'Get the first rows of a table, with all or selected columns',
  right: { privilege: 'SELECT', on: 'table' },
  input: Type.Object({
    full_name: FullName(),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: '100 when absent.' })),
    columns: Type.Optional(Type.String({ description: 'Comma-separated names; all when absent.' })),
  }),
  output: Type.Object({
    columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
    rows: Type.Array(Type.Array(Type.Unknown())),
    total_rows: Int64(),
  }),
})
