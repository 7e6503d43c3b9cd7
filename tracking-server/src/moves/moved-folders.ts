import type { Db, Transaction } from '@cairn/platform/db/db'
import type { TrackingSchema } from '../schema.js'

/** `1/r/artifacts` → `1`, `1/r`, `1/r/artifacts`. */
export function foldersAbove(path: string): string[] {
  const segments = path.split('/')
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

/** Records that the files of a run, or of its models, in these folders follow the rights of another experiment. */
export async function putMovedFolders(
  tx: Transaction<TrackingSchema>,
  run: { readonly run_id: string; readonly experiment_id: number },
  folders: readonly string[],
): Promise<void> {
  await tx.deleteFrom('moved_folders').where('run_id', '=', run.run_id).execute()
  const own = new Set(folders)
  const paths = new Set(folders.flatMap(foldersAbove))
  const rows = Array.from(paths, (path) => ({
    path,
    ...run,
    is_own: own.has(path) ? (1 as const) : (0 as const),
  }))
  if (rows.length > 0) await tx.insertInto('moved_folders').values(rows).execute()
}

/** The experiments of moved runs whose folder contains a path (`own`), and of moved runs below the path (`inside`). */
export interface MovedOwners {
  readonly own: readonly string[]
  readonly inside: readonly string[]
}

/** @param keys paths in the proxied store */
export async function findMovedOwners(
  { read }: Db<TrackingSchema>,
  keys: readonly string[],
): Promise<(key: string) => MovedOwners> {
  const paths = [...new Set(keys.flatMap(foldersAbove))]
  const rows =
    paths.length === 0
      ? []
      : await read
          .selectFrom('moved_folders')
          .select(['path', 'experiment_id', 'is_own'])
          .distinct()
          .where('path', 'in', paths)
          .execute()
  return (key) => {
    const above = new Set(foldersAbove(key))
    const idsOf = (matches: (row: (typeof rows)[number]) => boolean) => [
      ...new Set(rows.filter(matches).map(({ experiment_id }) => String(experiment_id))),
    ]
    return {
      own: idsOf(({ path, is_own }) => is_own === 1 && above.has(path)),
      inside: idsOf(({ path, is_own }) => is_own === 0 && path === key),
    }
  }
}
