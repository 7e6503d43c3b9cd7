import Type from 'typebox'
import { compileParser } from '../protocol/validate.js'
import type { DeltaAction } from './actions.js'
import type { DeltaField } from './columns.js'

const Texts = Type.Record(Type.String(), Type.String())
const Optional = { text: Type.Optional(Type.String()), flag: Type.Optional(Type.Boolean()) }
const Values = Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])))

const Action = Type.Object({
  commitInfo: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  protocol: Type.Optional(
    Type.Object({
      minReaderVersion: Type.Integer(),
      minWriterVersion: Type.Integer(),
      readerFeatures: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  metaData: Type.Optional(
    Type.Object({
      id: Type.String(),
      name: Optional.text,
      description: Optional.text,
      format: Type.Object({ provider: Type.String(), options: Type.Optional(Texts) }),
      schemaString: Type.String(),
      partitionColumns: Type.Array(Type.String()),
      configuration: Type.Optional(Texts),
      createdTime: Type.Optional(Type.Integer()),
    }),
  ),
  add: Type.Optional(
    Type.Object({
      path: Type.String(),
      partitionValues: Values,
      size: Type.Integer({ minimum: 0 }),
      modificationTime: Type.Integer(),
      dataChange: Type.Boolean(),
      stats: Optional.text,
      deletionVector: Type.Optional(Type.Unknown()),
    }),
  ),
  remove: Type.Optional(
    Type.Object({
      path: Type.String(),
      deletionTimestamp: Type.Optional(Type.Integer()),
      dataChange: Optional.flag,
      extendedFileMetadata: Optional.flag,
      partitionValues: Values,
      size: Type.Optional(Type.Integer()),
    }),
  ),
})

/**
 * Parses a line of a Delta log. Anyone with access to the table may write it, so it is validated like any input.
 *
 * @throws INVALID_PARAMETER_VALUE with the field's name
 */
export const parseAction = compileParser<DeltaAction>(Action)

/** Parses the top level of a schema string. Types are validated where they are used. @throws INVALID_PARAMETER_VALUE */
export const parseSchema = compileParser<{ readonly fields: readonly DeltaField[] }>(
  Type.Object({
    fields: Type.Array(
      Type.Object({
        name: Type.String(),
        type: Type.Unknown(),
        nullable: Optional.flag,
        metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      }),
    ),
  }),
)
