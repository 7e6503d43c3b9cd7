import Type from 'typebox'
import { env } from './env.js'

/** Settings of what others may read on the server's disk. */
export const STORAGE_SETTINGS = {
  local_table_paths: env(
    Type.Boolean({
      default: false,
      description:
        'Gives everyone who may read a table or volume its path on the disk of the server (`file:///…`), for processes on this machine that read the data folder themselves. Otherwise only the owner of this machine gets paths, and all others read through the S3 gateway.',
    }),
    'CAIRN_LOCAL_TABLE_PATHS',
  ),
  import_paths: env(
    Type.String({
      default: '',
      description:
        'Comma-separated folders on the server from which jobs may import files; `imports` in the data folder when empty. With `auth` `local`, jobs of the owner may import from any folder.',
    }),
    'CAIRN_IMPORT_PATHS',
  ),
}
