import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { AnyJson, Empty, Int64, OneOf, Required, Unsupported } from '../wire.js'

const BASE = '/api/2.0/workspace'

export const WORKSPACE_FORMATS = ['SOURCE', 'AUTO', 'RAW', 'JUPYTER'] as const
export type WorkspaceFormat = (typeof WORKSPACE_FORMATS)[number]

export const NOTEBOOK_LANGUAGES = ['PYTHON', 'SQL', 'SCALA', 'R'] as const
export type NotebookLanguage = (typeof NOTEBOOK_LANGUAGES)[number]

export const WORKSPACE_OBJECT_TYPES = ['DIRECTORY', 'NOTEBOOK', 'FILE'] as const
export type WorkspaceObjectType = (typeof WORKSPACE_OBJECT_TYPES)[number]

/** Returns the right on the object at the path, or the folder that contains it. The handlers decide about it themselves. */
const onPath = <const Name extends string>(privilege: Name) =>
  ({ privilege, on: 'directory', filtered: true }) as const

const Path = () =>
  Required({ maxLength: 1000, description: 'Absolute, with or without `/Workspace` before it.' })

export const WorkspaceObject = Type.Object({
  object_id: Int64(),
  object_type: OneOf(WORKSPACE_OBJECT_TYPES),
  path: Type.String(),
  language: Type.Optional(OneOf(NOTEBOOK_LANGUAGES)),
  created_at: Int64(),
  modified_at: Int64(),
  /** The number of bytes of a file or notebook. */
  size: Type.Optional(Int64()),
  resource_id: Type.String(),
  /** The format of a notebook, if the request asks for it. */
  repos_export_format: Type.Optional(OneOf(['SOURCE', 'JUPYTER'])),
})
export type WorkspaceObject = Static<typeof WorkspaceObject>

export const MakeWorkspaceDirectory = operation({
  id: 'mkdirs',
  method: 'POST',
  path: `${BASE}/mkdirs`,
  summary: 'Create a folder and those that contain it, if they do not exist',
  right: onPath('EDIT WORKSPACE'),
  input: Type.Object({ path: Path() }),
  output: Empty,
})

export const ImportWorkspaceObject = operation({
  id: 'importWorkspaceObject',
  method: 'POST',
  path: `${BASE}/import`,
  summary: 'Import a notebook or file of 10 MB at most, as JSON with Base64 or as a form',
  right: onPath('EDIT WORKSPACE'),
  input: Type.Object({
    path: Path(),
    /** Base64. The handler checks it, because an error of the validation would quote it. */
    content: Type.Optional(AnyJson()),
    format: Type.Optional(OneOf(WORKSPACE_FORMATS)),
    language: Type.Optional(OneOf(NOTEBOOK_LANGUAGES)),
    overwrite: Type.Optional(Type.Boolean()),
  }),
  output: Empty,
})

export const ExportWorkspaceObject = operation({
  id: 'exportWorkspaceObject',
  method: 'GET',
  path: `${BASE}/export`,
  summary: 'Export a notebook or file, in Base64, or unchanged with `direct_download`',
  right: onPath('READ WORKSPACE'),
  input: Type.Object({
    path: Path(),
    format: Type.Optional(OneOf(WORKSPACE_FORMATS)),
    direct_download: Type.Optional(Type.Boolean()),
    outputs: Unsupported(),
  }),
  output: Type.Object({ content: Type.String(), file_type: Type.String() }),
})

export const ListWorkspaceObjects = operation({
  id: 'listWorkspaceObjects',
  method: 'GET',
  path: `${BASE}/list`,
  summary: 'List the contents of a folder that the caller may see',
  right: onPath('READ WORKSPACE'),
  input: Type.Object({
    path: Path(),
    notebooks_modified_after: Type.Optional(Int64({ minimum: 0 })),
    return_export_info: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({ objects: Type.Optional(Type.Array(WorkspaceObject)) }),
})

export const GetWorkspaceStatus = operation({
  id: 'getWorkspaceStatus',
  method: 'GET',
  path: `${BASE}/get-status`,
  summary: 'Get the type, size and times of a folder, notebook or file',
  right: onPath('READ WORKSPACE'),
  input: Type.Object({ path: Path(), return_export_info: Type.Optional(Type.Boolean()) }),
  output: WorkspaceObject,
})

export const DeleteWorkspaceObject = operation({
  id: 'deleteWorkspaceObject',
  method: 'POST',
  path: `${BASE}/delete`,
  summary: 'Delete a notebook, a file or an empty folder, and with `recursive` one with its contents',
  right: onPath('MANAGE'),
  input: Type.Object({ path: Path(), recursive: Type.Optional(Type.Boolean()) }),
  output: Empty,
})
