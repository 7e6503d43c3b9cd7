import type { Securables } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Registers experiments of earlier releases as securables of the local owner. */
export async function enterExperiments(db: Db<TrackingSchema>, securables: Securables): Promise<void> {
  const { rows } = await sql<{ id: string; name: string; created_at: number }>`
    select cast(experiment_id as text) as id, name, creation_time as created_at from experiments
    where not exists (select 1 from securables
      where type = 'experiment' and id = cast(experiments.experiment_id as text))`.execute(db.read)
  await securables.enterMissing('experiment', rows)
}
