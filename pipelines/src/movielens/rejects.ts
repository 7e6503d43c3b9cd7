import { randomUUID } from 'node:crypto'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { sqlName } from '@cairn/platform/tables/duckdb'
import type { DuckDBConnection } from '@duckdb/node-api'

export const MAX_REJECTED_SHARE = 0.001
/** Maximum number of stored rejects per file; all are counted. */
const MAX_STORED = 10_000

interface Reject {
  readonly file: string
  /** Absent for a row that parsed but is out of range. */
  readonly line?: number
  readonly reason: string
  readonly text: string
}

/** The rows that an import rejected, and the file that lists them. */
export class Rejects {
  readonly #openBlobs: () => Promise<Blobs>
  readonly #key: string
  readonly #stored: Reject[] = []
  #total = 0

  /** @param openBlobs called when the first reject is stored */
  constructor(openBlobs: () => Promise<Blobs>, location: string) {
    this.#openBlobs = openBlobs
    this.#key = `${location}/_rejects/${new Date().toISOString().replaceAll(':', '-')}-${randomUUID()}.jsonl`
  }

  get total(): number {
    return this.#total
  }

  /** Collects rows that DuckDB could not parse, from its temporary table, and the invalid rows of a relation. */
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
        this.#store(count++, { file, line: Number(line), reason: String(reason), text: String(text) })
    }
    if (unsound) count += await this.#collectUnsound(connection, file, unsound, count)
    this.#total += count
    return count
  }

  /** @throws INVALID_PARAMETER_VALUE naming the file and the reject file, for more than 0.1 % rejected rows */
  async requireFew(file: string, rejected: number, rows: number): Promise<void> {
    if (rejected <= rows * MAX_REJECTED_SHARE) return
    const rejectFile = await this.write()
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `${file}: ${rejected} of ${rows} rows are invalid, more than 0.1 %. They are listed in ${rejectFile}`,
      { details: { file, rejected, rows, reject_file: rejectFile } },
    )
  }

  /** Writes the rejects as JSON lines, if there are any. @returns the URI of the file */
  async write(): Promise<string | undefined> {
    if (this.#stored.length === 0) return undefined
    const lines = this.#stored.map((reject) => `${JSON.stringify(reject)}\n`)
    const blobs = await this.#openBlobs()
    await blobs.put(this.#key, Buffer.from(lines.join('')))
    return blobs.uri(this.#key)
  }

  async #collectUnsound(
    connection: DuckDBConnection,
    file: string,
    relation: string,
    stored: number,
  ): Promise<number> {
    const [[n] = []] = await (await connection.run(`select count(*)::double from ${relation}`)).getRows()
    const room = Math.max(0, MAX_STORED - stored)
    const sample = await connection.run(
      `select to_json(columns_of)::varchar as text from
       (select t as columns_of from (select * exclude (is_valid) from ${relation} limit ${room}) t)`,
    )
    for (const { text } of await sample.getRowObjectsJS())
      this.#store(0, { file, reason: 'A value is missing or out of range.', text: String(text) })
    return Number(n)
  }

  #store(index: number, reject: Reject): void {
    if (index < MAX_STORED) this.#stored.push(reject)
  }
}
