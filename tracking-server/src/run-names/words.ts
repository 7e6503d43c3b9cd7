import type { Db, Transaction } from '@cairn/platform/db/db'
import { wordsOf } from '@cairn/platform/search/words'
import { firstCharacters } from '@cairn/platform/text/first-characters'
import { type RawBuilder, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Characters of a name. */
const INDEXED = 200

export interface RunWordRow {
  run_id: string
  /** In lower case. */
  word: string
  experiment_id: number
}

interface NamedRun {
  readonly run_id: string
  readonly experiment_id: number | RawBuilder<number>
}

/** Replaces the words by which a run is found. @param isNew whether the run has none yet */
export async function putWords(
  tx: Transaction<TrackingSchema>,
  { dialect }: Pick<Db<TrackingSchema>, 'dialect'>,
  { run_id, experiment_id }: NamedRun,
  { name, isNew }: { readonly name: string; readonly isNew: boolean },
): Promise<void> {
  if (!isNew) await tx.deleteFrom('run_words').where('run_id', '=', run_id).execute()
  const words = wordsOf(firstCharacters(name, INDEXED)).sort()
  if (words.length === 0) return
  const rows = dialect.rows(
    words.map((word) => ({ word })),
    { word: 'text' },
  )
  await sql`insert into run_words (run_id, word, experiment_id)
    select ${run_id}, word, cast(${experiment_id} as bigint) from ${rows} as entry where true
    on conflict (run_id, word) do nothing`.execute(tx)
}
