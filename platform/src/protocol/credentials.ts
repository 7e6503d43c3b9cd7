import Type, { type Static } from 'typebox'
import { UNITY } from './catalogs.js'
import { operation } from './operation.js'
import { Int64, OneOf, Required } from './wire.js'

export const TemporaryCredentials = Type.Object({
  /** `file:///…` or `s3://…`; a local file is read with the rights of whoever runs the client. */
  url: Type.String(),
  /** Milliseconds since the epoch. */
  expiration_time: Int64(),
  /** Keys to Cairn's own S3 endpoint, good for this location and nothing else. */
  aws_temp_credentials: Type.Object({
    access_key_id: Type.String(),
    secret_access_key: Type.String(),
    session_token: Type.String(),
    /** The address of that endpoint, which readers take over by themselves. */
    access_point: Type.String(),
  }),
})
export type TemporaryCredentials = Static<typeof TemporaryCredentials>

export const TemporaryTableCredentials = operation({
  id: 'generateTemporaryTableCredentials',
  method: 'POST',
  path: `${UNITY}/temporary-table-credentials`,
  summary: 'Access to the bytes of one table for an hour: READ takes SELECT, READ_WRITE also MODIFY',
  right: { privilege: 'SELECT', on: 'table' },
  input: Type.Object({ table_id: Required({ maxLength: 64 }), operation: OneOf(['READ', 'READ_WRITE']) }),
  output: TemporaryCredentials,
})

export const TemporaryVolumeCredentials = operation({
  id: 'generateTemporaryVolumeCredentials',
  method: 'POST',
  path: `${UNITY}/temporary-volume-credentials`,
  summary: 'Access to the bytes of one volume for an hour',
  right: { privilege: 'READ VOLUME', on: 'volume' },
  input: Type.Object({
    volume_id: Required({ maxLength: 64 }),
    operation: OneOf(['READ_VOLUME', 'WRITE_VOLUME']),
  }),
  output: TemporaryCredentials,
})

export const TemporaryPathCredentials = operation({
  id: 'generateTemporaryPathCredentials',
  method: 'POST',
  path: `${UNITY}/temporary-path-credentials`,
  summary: 'Access to a path inside one table or volume, decided on that',
  right: { privilege: 'SELECT', on: 'table' },
  input: Type.Object({
    url: Required({ maxLength: 2048 }),
    operation: OneOf(['PATH_READ', 'PATH_READ_WRITE', 'PATH_CREATE_TABLE']),
  }),
  output: TemporaryCredentials,
})

/** databricks-sdk asks under version 2.0, every other client under 2.1. */
export const inDatabricksVersion = <O extends { readonly id: string; readonly path: string }>(op: O): O => ({
  ...op,
  id: `${op.id}20`,
  path: op.path.replace('/api/2.1/', '/api/2.0/'),
})
