import { type MatrixRequest, permissionRows, query } from './requests.js'
import type { Creator } from './worlds.js'

export const WORKSPACE_KINDS = ['directory', 'notebook', 'file'] as const
export type WorkspaceKind = (typeof WORKSPACE_KINDS)[number]

/** A folder with a file `f` in it, or a notebook or file. */
export interface WorkspaceWorld {
  readonly path: string
  readonly object_id: string
}
type Row = (w: WorkspaceWorld) => MatrixRequest

const BASE = '/api/2.0/workspace'
const UPLOAD = '/api/2.0/workspace-files/import-file'

const post = (path: string, below: string, more: object = {}): [string, Row] => [
  `POST ${BASE}/${path}`,
  (w) => ({ url: `${BASE}/${path}`, body: { path: w.path + below, ...more } }),
]
const get = (path: string, below = ''): [string, Row] => [
  `GET ${BASE}/${path}`,
  (w) => query(`${BASE}/${path}`, { path: w.path + below }),
]
const idOf = ({ object_id }: WorkspaceWorld) => object_id

/** A request of every route on folders, and of those on single notebooks and files. */
export const WORKSPACE_REQUESTS: Readonly<Record<WorkspaceKind, Readonly<Record<string, Row>>>> = {
  directory: {
    ...permissionRows('directories', idOf),
    ...Object.fromEntries([
      post('mkdirs', '/new'),
      post('import', '/imported', { format: 'RAW', content: 'eA==' }),
      post('delete', '', { recursive: true }),
      get('export', '/f'),
      get('list'),
      get('get-status'),
    ]),
    [`POST ${UPLOAD}/*`]: ({ path }) => ({ url: `${UPLOAD}${path}/uploaded`, body: 'content' }),
  },
  notebook: permissionRows('notebooks', idOf),
  file: permissionRows('files', idOf),
}

/** Creates an object in the home of its creator. */
export async function createWorkspaceWorld(
  { name: user, send }: Creator,
  kind: WorkspaceKind,
  name: string,
): Promise<WorkspaceWorld & Readonly<Record<string, string>>> {
  const post = (path: string, body: object) => send('POST', { url: `${BASE}/${path}`, body })
  const path = `/Users/${user}/${name}`
  await post('mkdirs', { path: kind === 'directory' ? path : `/Users/${user}` })
  const content = Buffer.from(name).toString('base64')
  if (kind === 'directory') await post('import', { path: `${path}/f`, content, format: 'RAW' })
  if (kind === 'notebook') await post('import', { path, content, format: 'SOURCE', language: 'SQL' })
  if (kind === 'file') await post('import', { path, content, format: 'RAW' })
  const { object_id } = await send('GET', query(`${BASE}/get-status`, { path }))
  return { path, object_id: String(object_id) }
}
