import type { AccessCache } from '@cairn/platform/auth/access-cache'
import type { Naming } from '@cairn/platform/auth/naming'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { normalizeKey } from '@cairn/platform/blobs/path'
import type { Db } from '@cairn/platform/db/db'
import { missing } from '@cairn/platform/errors'
import { findMovedOwners, foldersAbove } from '../moves/moved-folders.js'
import type { TrackingSchema } from '../schema.js'

/** By default an experiment's folder contains one for each run. */
const RUN_FOLDER_DEPTH = 2

/** Experiments by the folder of their artifacts in the proxied store. */
export type ExperimentFolders = ReadonlyMap<string, readonly string[]>

/**
 * Finds the experiments of paths in the proxied store: those whose folder contains the path, and those whose folder is below
 * it. Rights on all of them are required, because folders of experiments may overlap. Folders of a moved run belong to its
 * new experiment.
 */
export function artifactNaming(
  db: Db<TrackingSchema>,
  locations: ArtifactLocations,
  cache: AccessCache<ExperimentFolders>,
): Naming {
  const load = () => cache.load('', () => readFolders(db, locations))
  return {
    all: true,
    async find(paths) {
      const keys = paths.map((path) => [path, normalizeKey(path)] as const)
      let folders = cache.find('') ?? (await load())
      // An unknown folder may be new.
      if (keys.some(([, key]) => owners(folders, key).length === 0))
        folders = await readFolders(db, locations)
      const movedOwners = await findMovedOwners(
        db,
        keys.map(([, key]) => key),
      )
      return new Map(
        keys.flatMap(([path, key]) => {
          const { own, inside } = movedOwners(key)
          const ids = own.length > 0 ? own : [...new Set([...owners(folders, key), ...inside])]
          return ids.length > 0 ? [[path, ids] as const] : []
        }),
      )
    },
    absent: (path) => missing(`No such artifact: '${path}'`),
    nothing: '-',
    isMalformed: (path) => !isPath(path),
    auditedAs: (path) => path.split('/').slice(0, RUN_FOLDER_DEPTH).join('/'),
  }
}

function owners(folders: ExperimentFolders, key: string): string[] {
  const containing = foldersAbove(key).flatMap((folder) => folders.get(folder) ?? [])
  const inside = [...folders].flatMap(([folder, ids]) => (folder.startsWith(`${key}/`) ? ids : []))
  return [...new Set([...containing, ...inside])]
}

async function readFolders(db: Db<TrackingSchema>, locations: ArtifactLocations): Promise<ExperimentFolders> {
  const rows = await db.read
    .selectFrom('experiments')
    .select(['experiment_id', 'artifact_location'])
    .execute()
  const folders = new Map<string, string[]>()
  for (const { experiment_id, artifact_location } of rows) {
    const folder = locations.proxiedFolder(artifact_location)
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), String(experiment_id)])
  }
  return folders
}

function isPath(path: string): boolean {
  try {
    normalizeKey(path)
    return true
  } catch {
    return false
  }
}
