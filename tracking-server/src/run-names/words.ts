import type { Db, Transaction } from '@cairn/platform/db/db'
import { wordsOf } from '@cairn/platform/search/words'
import { firstCharacters } from '@cairn/platform/text/first-characters'
import { type RawBuilder, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'

/** Number of characters of a name that are indexed. */
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

/** A row that exists until the runs of earlier releases are indexed. */
export interface RunWordsFillRow {
  /** The last indexed run, by id. */
  after_run_id: string
}

/** Number of runs that one transaction indexes. */
const FILLED = 1_000

/** Indexes the runs of earlier releases here, because SQL would split their names differently. Resumes after an interruption. */
export async function fillWords(db: Db<TrackingSchema>): Promise<void> {
  while (await fillSome(db));
}

/** @returns whether more runs are left */
const fillSome = (db: Db<TrackingSchema>) =>
  db.transaction(async (tx) => {
    await db.dialect.lock('run words')?.execute(tx)
    const fill = await tx.selectFrom('run_words_fill').select('after_run_id').executeTakeFirst()
    if (!fill) return false
    const runs = await tx
      .selectFrom('runs')
      .select(['run_id', 'experiment_id', 'run_name'])
      .where('run_id', '>', fill.after_run_id)
      .orderBy('run_id')
      .limit(FILLED)
      .execute()
    const words = runs.flatMap(({ run_id, experiment_id, run_name }) =>
      indexedWords(run_name).map((word) => ({ run_id, word, experiment_id })),
    )
    const rows = db.dialect.rows(words, { run_id: 'text', word: 'text', experiment_id: 'bigint' })
    await sql`insert into run_words (run_id, word, experiment_id)
      select run_id, word, experiment_id from ${rows} as entry where true
      on conflict (run_id, word) do nothing`.execute(tx)
    const last = runs.at(-1)
    await (last
      ? tx.updateTable('run_words_fill').set({ after_run_id: last.run_id }).execute()
      : tx.deleteFrom('run_words_fill').execute())
    return last !== undefined
  })

const indexedWords = (name: string) => wordsOf(firstCharacters(name, INDEXED)).sort()

/** Replaces the words by which a run is found. @param isNew whether the run has none yet */
export async function putWords(
  tx: Transaction<TrackingSchema>,
  { dialect }: Pick<Db<TrackingSchema>, 'dialect'>,
  { run_id, experiment_id }: NamedRun,
  { name, isNew }: { readonly name: string; readonly isNew: boolean },
): Promise<void> {
  if (!isNew) await tx.deleteFrom('run_words').where('run_id', '=', run_id).execute()
  const words = indexedWords(name)
  if (words.length === 0) return
  const rows = dialect.rows(
    words.map((word) => ({ word })),
    { word: 'text' },
  )
  await sql`insert into run_words (run_id, word, experiment_id)
    select ${run_id}, word, cast(${experiment_id} as bigint) from ${rows} as entry where true
    on conflict (run_id, word) do nothing`.execute(tx)
}
