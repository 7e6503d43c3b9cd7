import Type from 'typebox'
import { env } from './env.js'

/** Limits of what one principal may own in the workspace. */
export const WORKSPACE_SETTINGS = {
  workspace_objects: env(
    Type.Integer({
      default: 50_000,
      minimum: 0,
      description:
        'Folders, notebooks and files of the workspace that one principal may own; 0 for no limit.',
    }),
    'CAIRN_WORKSPACE_OBJECTS',
  ),
  workspace_bytes: env(
    Type.Integer({
      default: 20 * 1024 ** 3,
      minimum: 0,
      description:
        'Bytes of the notebooks and files of the workspace that one principal may own; 0 for no limit.',
    }),
    'CAIRN_WORKSPACE_BYTES',
  ),
}
