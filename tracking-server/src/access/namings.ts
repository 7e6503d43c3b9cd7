import { AccessCache } from '@cairn/platform/auth/access-cache'
import type { Naming, Namings } from '@cairn/platform/auth/naming'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { type ApiError, missing } from '@cairn/platform/errors'
import { sql } from 'kysely'
import { noSuchDataset } from '../evaluation-datasets/find.js'
import { noSuchExperiment } from '../experiments/find.js'
import { noSuchName } from '../experiments/store.js'
import { noSuchIssue } from '../issues/store.js'
import { noSuchModel } from '../logged-models/find.js'
import { noSuchRun } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import { noSuchTrace } from '../traces/store.js'
import { artifactNaming } from './artifact-naming.js'

/** An id that no object has. */
const NOTHING = '-'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly now: () => number
}

/** Returns the fields by which requests name experiments or objects in them, each with a function that finds the experiments. */
export function experimentNamings({ db, locations, now }: Options): Namings {
  const ofTable = (table: OwnedTable, column: string, absent: (name: string) => ApiError): Naming => ({
    find: (names) => findOwners(db, table, column, names),
    absent,
    nothing: NOTHING,
  })
  const runs = remembered(ofTable('runs', 'run_id', noSuchRun), new AccessCache(db, now))
  const traces = ofTable('traces', 'trace_id', noSuchTrace)
  return {
    experiment_id: EXPERIMENT_ID,
    experiment_ids: EXPERIMENT_ID,
    experiment_name: ofTable('experiments', 'name', noSuchName),
    run_id: runs,
    run_ids: runs,
    source_run_id: runs,
    trace_id: traces,
    trace_ids: traces,
    request_id: traces,
    model_id: ofTable('logged_models', 'model_id', noSuchModel),
    dataset_id: ofTable('evaluation_dataset_experiments', 'dataset_id', noSuchDataset),
    issue_id: ofTable('issues', 'issue_id', noSuchIssue),
    scorer_ids: ofTable('scorers', 'scorer_id', (id) => missing(`Scorer with ID '${id}' not found.`)),
    artifact_path: artifactNaming(db, locations, new AccessCache(db, now)),
  }
}

/** Experiment ids are integers, which can be written in several ways. The table of securables decides which exist. */
const EXPERIMENT_ID: Naming = {
  find: async (names) => new Map(names.map((name) => [name, [canonicalId(name)]])),
  absent: noSuchExperiment,
  nothing: '-1',
  isMalformed: (name) => !/^[+-]?\d+$/.test(name),
}

const canonicalId = (name: string) => String(Number.isSafeInteger(Number(name)) ? Number(name) : -1)

type OwnedTable =
  | 'experiments'
  | 'runs'
  | 'traces'
  | 'logged_models'
  | 'evaluation_dataset_experiments'
  | 'issues'
  | 'scorers'

/** Finds the experiments of the rows with these ids. */
async function findOwners(
  db: Db<TrackingSchema>,
  table: OwnedTable,
  column: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  if (names.length === 0) return found
  const { rows } = await sql<{ name: string; experiment_id: number }>`
    select wanted.id as name, owned.experiment_id from ${idRows(db.dialect, names)} as wanted
    cross join ${sql.table(table)} as owned where owned.${sql.ref(column)} = wanted.id`.execute(db.read)
  for (const { name, experiment_id } of rows)
    found.set(name, [...(found.get(name) ?? []), String(experiment_id)])
  return found
}

/** Caches results for a second only, because a run may be purged and imported again into another experiment. */
function remembered(naming: Naming, known: AccessCache<readonly string[]>): Naming {
  return {
    ...naming,
    remembered: (name) => known.find(name),
    async find(names) {
      const unknown = names.filter((name) => !known.find(name))
      const loading = unknown.length > 0 ? naming.find(unknown) : new Map<string, readonly string[]>()
      const found = await Promise.all(
        names.map(async (name) => {
          const owners = known.find(name) ?? (await known.load(name, async () => (await loading).get(name)))
          return owners ? [[name, owners] as const] : []
        }),
      )
      return new Map(found.flat())
    },
  }
}
