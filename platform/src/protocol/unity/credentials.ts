import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Int64, OneOf, Required } from '../wire.js'
import { UNITY } from './catalogs.js'

export const TemporaryCredentials = Type.Object({
  /** `file:///…` or `s3://…`. A local file is read with the permissions of the client's process. */
  url: Type.String(),
  /** Milliseconds since the epoch. */
  expiration_time: Int64(),
  /** Session keys for Cairn's S3 gateway, valid only for this location. */
  aws_temp_credentials: Type.Object({
    access_key_id: Type.String(),
    secret_access_key: Type.String(),
    session_token: Type.String(),
    /** URL of the gateway, which clients use automatically. */
    access_point: Type.String(),
  }),
})
export type TemporaryCredentials = Static<typeof TemporaryCredentials>

export const TemporaryTableCredentials = operation({
  id: 'generateTemporaryTableCredentials',
  method: 'POST',
  path: `${UNITY}/temporary-table-credentials`,
  summary:
    'Create credentials for the files of one table for an hour; READ requires SELECT, READ_WRITE also MODIFY',
  right: { privilege: 'SELECT', on: 'table' },
  input: Type.Object({ table_id: Required({ maxLength: 64 }), operation: OneOf(['READ', 'READ_WRITE']) }),
  output: TemporaryCredentials,
})

export const TemporaryVolumeCredentials = operation({
  id: 'generateTemporaryVolumeCredentials',
  method: 'POST',
  path: `${UNITY}/temporary-volume-credentials`,
  summary: 'Create credentials for the files of one volume for an hour',
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
  summary:
    'Create credentials for a path inside one table or volume, with the rights on that table or volume',
  right: { privilege: 'SELECT', on: 'table' },
  input: Type.Object({
    url: Required({ maxLength: 2048 }),
    operation: OneOf(['PATH_READ', 'PATH_READ_WRITE', 'PATH_CREATE_TABLE']),
  }),
  output: TemporaryCredentials,
})

/** Returns the operation of version 2.0, which databricks-sdk calls. All other clients call 2.1. */
export const inDatabricksVersion = <O extends { readonly id: string; readonly path: string }>(op: O): O => ({
  ...op,
  id: `${op.id}20`,
  path: op.path.replace('/api/2.1/', '/api/2.0/'),
})
