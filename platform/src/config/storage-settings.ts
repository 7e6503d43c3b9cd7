import Type from 'typebox'
import { env } from './env.js'

/** Settings of what principals may read and store on the server's disk. */
export const STORAGE_SETTINGS = {
  local_table_paths: env(
    Type.Boolean({
      default: false,
      description:
        'Gives everyone who may read a table or volume its path on the disk of the server (`file:///…`), for processes that run as the user of the server and read the files themselves. Other users of the machine cannot: the data folder is closed to them (0700), and so are the files that the server creates in an `artifacts_destination` elsewhere (0600). Otherwise only the owner of this machine gets paths, and all others read through the S3 gateway.',
    }),
    'CAIRN_LOCAL_TABLE_PATHS',
  ),
  import_paths: env(
    Type.String({
      default: '',
      description:
        'Comma-separated folders on the server from which jobs may import files; `imports` in the data folder when empty. With `auth` `local`, jobs that the owner wrote and that run as the owner may import from any folder, unless another principal overrides their parameters.',
    }),
    'CAIRN_IMPORT_PATHS',
  ),
  s3_open_uploads: env(
    Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 10_000,
      description: 'Multipart uploads that one principal may have open in the S3 gateway.',
    }),
    'CAIRN_S3_OPEN_UPLOADS',
  ),
  s3_open_upload_gib: env(
    Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 1_000_000,
      description:
        'GiB that the parts of the open multipart uploads of one principal may have together. Unfinished uploads are deleted after a day.',
    }),
    'CAIRN_S3_OPEN_UPLOAD_GIB',
  ),
}
