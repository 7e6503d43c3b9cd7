import { setImmediate } from 'node:timers/promises'
import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import { newId } from '@cairn/platform/mlflow/new-id'
import type {
  ListEvaluationRecords,
  PutEvaluationRecords,
} from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { Term } from '@cairn/platform/search/keyset'
import { readPage } from '@cairn/platform/search/page'
import { checkPositive } from '@cairn/platform/search/page-size'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import { MAX_PAGE_SIZE } from '../search/page-limits.js'
import { cleanText, dump, dumpStorable, parse, type ValueMap } from '../spans/value.js'
import { FieldTypes } from './field-types.js'
import { getDataset, lockDataset } from './find.js'
import { recordBatches } from './record-batches.js'
import { hashInputs, type RecordInput } from './record-input.js'
import type { EvaluationDatasetRow, EvaluationRecordRow } from './schema.js'
import { datasetDigest, toRecord, USER_TAG } from './wire.js'

const DEFAULT_PAGE = 1000
const RECORD: Columns = {
  dataset_record_id: 'text',
  dataset_id: 'text',
  input_hash: 'text',
  inputs: 'text',
  outputs: 'text',
  expectations: 'text',
  tags: 'text',
  source: 'text',
  created_time: 'bigint',
  last_update_time: 'bigint',
  created_by: 'text',
  last_updated_by: 'text',
  position: 'bigint',
}

/** Positions alone are not unique: servers that write at the same time may assign the same one. */
const IN_ORDER: readonly Term[] = ['position', 'dataset_record_id'].map((name) => ({
  expression: sql.ref(name),
  descending: false,
}))

/** Records of evaluation datasets. Inputs are unique within a dataset. */
export class EvaluationRecordStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /**
   * Adds records; a record whose inputs exist is merged into the existing record. Checks all records before it stores the first.
   * Each batch is a transaction, so that a long list does not delay other writers. After a failure, the same request stores the rest.
   *
   * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE naming the field of a record
   */
  async put(input: Input<typeof PutEvaluationRecords>): Promise<Output<typeof PutEvaluationRecords>> {
    const { schema } = await getDataset(this.#db.read, input.dataset_id)
    const types = new FieldTypes(schema)
    const batches: HashedRecord[][] = []
    let changer = input.updated_by ?? null
    for await (const records of recordBatches(input.records)) {
      types.add(records)
      changer = records.map(userOf).findLast((user) => user !== null) ?? changer
      batches.push(records.map((record) => ({ record, hash: hashInputs(record.inputs) })))
    }
    const schemaAfter = (current: string | null) =>
      current === schema
        ? types
        : batches.reduce((all, batch) => all.add(recordsOf(batch)), new FieldTypes(current))
    let inserted = 0
    for (const [i, batch] of batches.entries()) {
      inserted += await this.#change(input.dataset_id, changer, async (tx, dataset) => {
        const added = await this.#merge(tx, dataset.dataset_id, batch)
        const isLast = i === batches.length - 1
        return {
          result: added,
          change: {
            record_count: dataset.record_count + added,
            ...(isLast && batch.length > 0 && { schema: schemaAfter(dataset.schema).toJson() }),
          },
        }
      })
      await setImmediate()
    }
    const count = batches.reduce((sum, batch) => sum + batch.length, 0)
    return { inserted_count: inserted, updated_count: count - inserted }
  }

  /** @returns the number of new records */
  async #merge(tx: Transaction<TrackingSchema>, dataset_id: string, batch: readonly HashedRecord[]) {
    const rows = await this.#find(
      tx,
      dataset_id,
      batch.map(({ hash }) => hash),
    )
    const known = rows.size
    const now = this.#clock.now()
    const first = this.#clock.positions(batch.length)
    for (const [i, { record, hash }] of batch.entries()) {
      const before = rows.get(hash)
      const made = { dataset_id, input_hash: hash, position: first + i }
      rows.set(hash, before ? merged(before, record, now) : { ...made, ...rowOf(record, now) })
    }
    await this.#write(tx, [...rows.values()])
    return rows.size - known
  }

  /** Lists records in the order of insertion. @throws RESOURCE_DOES_NOT_EXIST */
  async page(input: Input<typeof ListEvaluationRecords>): Promise<Output<typeof ListEvaluationRecords>> {
    const { dataset_id, max_results, page_token } = input
    const limit = max_results || DEFAULT_PAGE
    checkPositive(limit)
    await getDataset(this.#db.read, dataset_id)
    const query = this.#db.read
      .selectFrom('evaluation_records')
      .selectAll()
      .where('dataset_id', '=', dataset_id)
    const { rows, next } = await readPage(query, {
      terms: IN_ORDER,
      limit: Math.min(limit, MAX_PAGE_SIZE),
      token: page_token,
      identity: dataset_id,
    })
    return { records: dump(rows.map(toRecord)), ...(next && { next_page_token: next }) }
  }

  /** @returns the number of deleted records. @throws RESOURCE_DOES_NOT_EXIST for the dataset */
  async delete(id: string, records: readonly string[]): Promise<number> {
    return this.#change(id, undefined, async (tx, dataset) => {
      const ids = idRows(this.#db.dialect, records)
      const { numAffectedRows = 0n } = await sql`delete from evaluation_records
        where dataset_id = ${id} and dataset_record_id in (select id from ${ids} as deleted)`.execute(tx)
      const deleted = Number(numAffectedRows)
      return { result: deleted, change: deleted > 0 && { record_count: dataset.record_count - deleted } }
    })
  }

  /** @param changer not changed if undefined */
  #change<T>(
    id: string,
    changer: string | null | undefined,
    work: (
      tx: Transaction<TrackingSchema>,
      dataset: EvaluationDatasetRow,
    ) => Promise<{ readonly result: T; readonly change: Partial<EvaluationDatasetRow> | false }>,
  ): Promise<T> {
    return this.#db.transaction(async (tx) => {
      await lockDataset(this.#db, tx, id)
      const dataset = await getDataset(tx, id)
      const { result, change } = await work(tx, dataset)
      const now = this.#clock.now()
      const state = { last_update_time: now, digest: datasetDigest(dataset.name, now) }
      if (change)
        await tx
          .updateTable('evaluation_datasets')
          .set({ ...change, ...state, ...(changer !== undefined && { last_updated_by: changer }) })
          .where('dataset_id', '=', id)
          .execute()
      return result
    })
  }

  async #find(tx: Transaction<TrackingSchema>, id: string, hashes: readonly string[]) {
    const wanted = idRows(this.#db.dialect, new Set(hashes))
    const { rows } = await sql<EvaluationRecordRow>`
      select evaluation_records.* from ${wanted} as wanted cross join evaluation_records
      where dataset_id = ${id} and input_hash = wanted.id`.execute(tx)
    return new Map(rows.map((row) => [row.input_hash, row]))
  }

  async #write(tx: Transaction<TrackingSchema>, rows: readonly EvaluationRecordRow[]): Promise<void> {
    if (rows.length === 0) return
    const columns = sql.join(Object.keys(RECORD).map((name) => sql.ref(name)))
    await sql`insert into evaluation_records (${columns})
      select ${columns} from ${this.#db.dialect.rows(rows, RECORD)} as record where true
      on conflict (dataset_record_id) do update set outputs = excluded.outputs,
        expectations = excluded.expectations, tags = excluded.tags,
        last_update_time = excluded.last_update_time, last_updated_by = excluded.last_updated_by`.execute(tx)
  }
}

interface HashedRecord {
  readonly record: RecordInput
  readonly hash: string
}

const recordsOf = (batch: readonly HashedRecord[]) => batch.map(({ record }) => record)

function userOf({ tags }: RecordInput): string | null {
  const user = tags?.[USER_TAG]
  return typeof user === 'string' && user !== '' ? cleanText(user) : null
}

const rowOf = (record: RecordInput, now: number) => ({
  dataset_record_id: `dr-${newId()}`,
  inputs: dumpStorable(record.inputs),
  outputs: record.outputs === null ? null : dumpStorable(record.outputs ?? {}),
  expectations: record.expectations ? dumpStorable(record.expectations) : null,
  tags: dumpStorable(record.tags ?? {}),
  source: record.source ? dumpStorable(record.source) : null,
  created_time: now,
  last_update_time: now,
  created_by: userOf(record),
  last_updated_by: userOf(record),
})

const merged = (row: EvaluationRecordRow, record: RecordInput, now: number): EvaluationRecordRow => ({
  ...row,
  ...(record.outputs !== undefined && {
    outputs: record.outputs === null ? null : dumpStorable(record.outputs),
  }),
  ...(record.expectations && { expectations: mergedJson(row.expectations, record.expectations) }),
  tags: mergedJson(row.tags, record.tags ?? {}),
  last_update_time: now,
  last_updated_by: userOf(record) ?? row.last_updated_by,
})

const mergedJson = (json: string | null, more: ValueMap) =>
  dumpStorable({ ...((json === null ? {} : parse(json)) as ValueMap), ...more })
