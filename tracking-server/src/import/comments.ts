import { createHash } from 'node:crypto'
import type { Transaction } from '@cairn/platform/db/db'
import type { ImportedComment } from '@cairn/platform/protocol/imports'
import { putMentions } from '../comments/store.js'
import type { TrackingSchema } from '../schema.js'

/** Ids of principals are not the same on another server: nobody owns an imported comment. */
const NO_PRINCIPAL = ''

/**
 * Imports comments on a run with their ids, authors and times. Imported comments that were edited since are updated; those
 * that principals of this server wrote stay as they are.
 *
 * @param now the latest time of a comment: the unread mentions of a reader are those after the last one that was read
 */
export async function importComments(
  tx: Transaction<TrackingSchema>,
  run_id: string,
  comments: readonly ImportedComment[] = [],
  now: number,
): Promise<void> {
  if (comments.length === 0) return
  const isOfOther = await ofOtherRuns(tx, run_id, comments)
  const rows = comments.map(({ comment_id: id, created_at, updated_at, ...comment }) => ({
    ...comment,
    comment_id: isOfOther.has(id) ? derivedId(run_id, id) : id,
    ...{ run_id, author_id: NO_PRINCIPAL },
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
        .doUpdateSet((eb) => ({ body: eb.ref('excluded.body'), updated_at: eb.ref('excluded.updated_at') }))
        .whereRef('run_comments.run_id', '=', 'excluded.run_id')
        .where('run_comments.author_id', '=', NO_PRINCIPAL)
        .whereRef('run_comments.updated_at', '<', 'excluded.updated_at'),
    )
    .returning('comment_id')
    .execute()
  const ids = changed.map(({ comment_id }) => comment_id)
  if (ids.length === 0) return
  await tx.deleteFrom('run_mentions').where('comment_id', 'in', ids).execute()
  for (const id of ids) await putMentions(tx, byId.get(id)!)
}

/** The ids of comments that are comments on other runs here. */
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
