import type { Db } from '@cairn/platform/db/db'
import { Redactor } from '@cairn/platform/secrets/redactor'
import { toStorableText } from '../flow/storable-text.js'
import { redactJson } from '../redaction/redact-json.js'
import type { PipelinesSchema, TaskNotebookRow } from '../schema.js'

export type WriteNotebook = (notebook: string) => Promise<unknown>

/** Databricks' limit of a result. */
const MAX_NOTEBOOK = 5 * 1024 * 1024

/** Removes secrets. @returns undefined for a notebook that is too large or that its code has damaged */
export function storableNotebook(text: string, secrets: readonly string[]): string | undefined {
  if (Buffer.byteLength(text) > MAX_NOTEBOOK) return undefined
  try {
    return toStorableText(JSON.stringify(redactJson(JSON.parse(text), new Redactor(secrets))))
  } catch {
    return undefined
  }
}

/** The notebook without the outputs of its cells; a damaged one as it is. */
export function withoutOutputs(text: string): string {
  try {
    const notebook = JSON.parse(text) as { readonly cells: readonly object[] }
    const cells = notebook.cells.map((cell) =>
      'outputs' in cell ? { ...cell, outputs: [], execution_count: null } : cell,
    )
    return JSON.stringify({ ...notebook, cells })
  } catch {
    return text
  }
}

/** Returns a function that stores the notebook of an attempt in place of earlier ones, and none after that of a later attempt. */
export const writeNotebookTo =
  (db: Db<PipelinesSchema>, key: Omit<TaskNotebookRow, 'notebook'>): WriteNotebook =>
  (notebook) =>
    db.transaction(async (tx) => {
      // A worker that has lost the attempt may report late.
      const later = await tx
        .selectFrom('task_notebooks')
        .select('attempt')
        .where('task_run_id', '=', key.task_run_id)
        .where('attempt', '>', key.attempt)
        .executeTakeFirst()
      if (later) return
      await tx.deleteFrom('task_notebooks').where('task_run_id', '=', key.task_run_id).execute()
      await tx
        .insertInto('task_notebooks')
        .values({ ...key, notebook })
        .execute()
    })

/** Returns whether a notebook of the task run is stored. */
export async function hasNotebook(db: Db<PipelinesSchema>, taskRunId: number): Promise<boolean> {
  const row = await db.read
    .selectFrom('task_notebooks')
    .select('attempt')
    .where('task_run_id', '=', taskRunId)
    .executeTakeFirst()
  return row !== undefined
}

export async function readNotebook(db: Db<PipelinesSchema>, taskRunId: number): Promise<string | undefined> {
  const row = await db.read
    .selectFrom('task_notebooks')
    .select('notebook')
    .where('task_run_id', '=', taskRunId)
    .executeTakeFirst()
  return row?.notebook
}
