import Type from 'typebox'
import { operation } from '../operation.js'
import { Comment, Name } from '../unity/catalogs.js'
import { TableInfo, TableParent } from '../unity/tables.js'
import { OneOf } from '../wire.js'

/** Types that the text of a CSV file can have. */
export const CSV_TYPES = ['BOOLEAN', 'LONG', 'DOUBLE', 'DATE', 'TIMESTAMP', 'STRING'] as const

export const CreateTableFromCsv = operation({
  id: 'createTableFromCsv',
  method: 'POST',
  path: '/api/cairn/v1/tables',
  summary: 'Create a managed table with the rows of a CSV file; empty fields are null',
  right: { privilege: 'CREATE TABLE', on: 'schema' },
  input: Type.Object({
    name: Name(),
    ...TableParent,
    comment: Type.Optional(Comment()),
    columns: Type.Array(Type.Object({ name: Name(), type_name: OneOf(CSV_TYPES) }), {
      minItems: 1,
      maxItems: 1_000,
      description: 'The columns of the file, in its order.',
    }),
    csv: Type.String({
      minLength: 1,
      maxLength: 8_000_000,
      description:
        'The text of the file: lines with the fields of a row, separated by `delimiter`. The first line is a header.',
    }),
    delimiter: Type.Optional(OneOf([',', ';', '\t', '|'])),
  }),
  output: TableInfo,
})
