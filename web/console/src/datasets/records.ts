export interface EvaluationRecord {
  readonly dataset_record_id: string
  readonly inputs: unknown
  readonly expectations?: unknown
  readonly outputs?: unknown
  readonly tags?: Readonly<Record<string, unknown>>
  readonly source_id?: string
  readonly source_type?: string
}

/** Python writes NaN and infinities into JSON, which only it can read; they become null. */
const NOT_JSON = /("(?:[^"\\]|\\.)*")|-?\bInfinity\b|\bNaN\b/g

/** Reads a page of records. */
export const readRecords = (text: string): EvaluationRecord[] =>
  JSON.parse(
    text.replace(NOT_JSON, (all, string: string | undefined) => (string === undefined ? 'null' : all)),
  )
