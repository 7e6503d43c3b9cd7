import { createHash } from 'node:crypto'
import type { Transaction } from '@cairn/platform/db/db'
import type { ImportedComment } from '@cairn/platform/protocol/cairn/imports'
import { NO_PRINCIPAL, replaceMentions } from '../comments/store.js'
import type { TrackingSchema } from '../schema.js'

/**
 * Imports comments on a run with their ids, authors and times. Updates imported comments that were edited since, and keeps
 * comments that principals of this server wrote.
 *
 * @param importer name of the importing principal
 * @param now limits the times of comments: mentions after the last read one count as unread
 */
export async function importComments(
  tx: Transaction<TrackingSchema>,
  run_id: string,
  comments: readonly ImportedComment[] = [],
  { importer, now }: { importer: string; now: number },
): Promise<void> {
  if (comments.length === 0) return
  const isOfOther = await ofOtherRuns(tx, run_id, comments)
  const rows = comments.map(({ comment_id: id, body, author, created_at, updated_at }) => ({
    comment_id: isOfOther.has(id) ? derivedId(run_id, id) : id,
    ...{ run_id, body, author, author_id: NO_PRINCIPAL, imported_by: importer },
    created_at: Math.min(created_at, now),
    updated_at: Math.min(updated_at, now),
  }))
  const byId = new Map(rows.map((row) => [row.comment_id, row]))
  const changed = await tx
    .insertInto('run_comments')
    .values([...byId.values()])
    .onConflict((conflict) =>
      conflict
        .column('comment_id')
        .doUpdateSet((eb) => ({
          body: eb.ref('excluded.body'),
          updated_at: eb.ref('excluded.updated_at'),
          imported_by: eb.ref('excluded.imported_by'),
        }))
        .whereRef('run_comments.run_id', '=', 'excluded.run_id')
        .where('run_comments.author_id', '=', NO_PRINCIPAL)
        .whereRef('run_comments.updated_at', '<', 'excluded.updated_at'),
    )
    .returning('comment_id')
    .execute()
  await replaceMentions(
    tx,
    changed.map(({ comment_id }) => byId.get(comment_id)!),
  )
}

/** Returns the ids of comments that belong to other runs on this server. */
async function ofOtherRuns(
  tx: Transaction<TrackingSchema>,
  run_id: string,
  comments: readonly ImportedComment[],
): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('run_comments')
    .select('comment_id')
    .where(
      'comment_id',
      'in',
      comments.map(({ comment_id }) => comment_id),
    )
    .where('run_id', '!=', run_id)
    .execute()
  return new Set(rows.map(({ comment_id }) => comment_id))
}

/** Deterministic, so that a repeated import finds the comment that it created. */
const derivedId = (runId: string, commentId: string) =>
  createHash('sha256').update(`${runId} ${commentId}`).digest('hex').slice(0, 32)
