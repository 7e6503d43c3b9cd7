import { randomUUID } from 'node:crypto'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { sqlName } from '@cairn/platform/tables/duckdb'
import type { DuckDBConnection } from '@duckdb/node-api'

export const MAX_REJECTED_SHARE = 0.001
/** What is kept of one file, to look at; all are counted. */
const MAX_KEPT = 10_000

interface Reject {
  readonly file: string
  /** Absent for a row that parsed and made no sense. */
  readonly line?: number
  readonly reason: string
  readonly text: string
}

/** The rows that an import left out, and the file that keeps them for whoever wants to know. */
export class Rejects {
  readonly #openBlobs: () => Promise<Blobs>
  readonly #key: string
  readonly #kept: Reject[] = []
  #total = 0

  /** @param openBlobs called when there is something to keep */
  constructor(openBlobs: () => Promise<Blobs>, location: string) {
    this.#openBlobs = openBlobs
    this.#key = `${location}/_rejects/${new Date().toISOString().replaceAll(':', '-')}-${randomUUID()}.jsonl`
  }

  get total(): number {
    return this.#total
  }

  /** Takes what DuckDB could not parse from its temporary table, and the unsound rows of a relation. */
  async collect(
    connection: DuckDBConnection,
    prefix: string,
    file: string,
    unsound?: string,
  ): Promise<number> {
    const unparsed = await connection.run(
      `select line::double as line, first(error_message) as reason, first(trim(csv_line, chr(10) || chr(13))) as text
       from ${sqlName(`${prefix}_rejects`)} group by line order by line`,
    )
    let count = 0
    for await (const rows of unparsed.yieldRowObjectJs()) {
      for (const { line, reason, text } of rows)
        this.#keep(count++, { file, line: Number(line), reason: String(reason), text: String(text) })
    }
    if (unsound) count += await this.#collectUnsound(connection, file, unsound, count)
    this.#total += count
    return count
  }

  /** @throws INVALID_PARAMETER_VALUE naming the file and the reject file, where more than 0.1 % were rejected */
  async refuseTooMany(file: string, rejected: number, rows: number): Promise<void> {
    if (rejected <= rows * MAX_REJECTED_SHARE) return
    const rejectFile = await this.write()
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `${file}: ${rejected} of ${rows} rows do not parse, more than 0.1 %. They are listed in ${rejectFile}`,
      { details: { file, rejected, rows, reject_file: rejectFile } },
    )
  }

  /** Writes the reject file, one JSON object a line, where there is anything to write. */
  async write(): Promise<string | undefined> {
    if (this.#kept.length === 0) return undefined
    const lines = this.#kept.map((reject) => `${JSON.stringify(reject)}\n`)
    const blobs = await this.#openBlobs()
    await blobs.put(this.#key, Buffer.from(lines.join('')))
    return blobs.uri(this.#key)
  }

  async #collectUnsound(
    connection: DuckDBConnection,
    file: string,
    relation: string,
    kept: number,
  ): Promise<number> {
    const [[n] = []] = await (await connection.run(`select count(*)::double from ${relation}`)).getRows()
    const room = Math.max(0, MAX_KEPT - kept)
    const sample = await connection.run(
      `select to_json(columns_of)::varchar as text from
       (select t as columns_of from (select * exclude (is_sound) from ${relation} limit ${room}) t)`,
    )
    for (const { text } of await sample.getRowObjectsJS())
      this.#keep(0, { file, reason: 'A value is missing or out of range', text: String(text) })
    return Number(n)
  }

  #keep(index: number, reject: Reject): void {
    if (index < MAX_KEPT) this.#kept.push(reject)
  }
}
