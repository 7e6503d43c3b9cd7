import { createHash } from 'node:crypto'
import type { Transaction } from '@cairn/platform/db/db'
import type { ImportedComment } from '@cairn/platform/protocol/imports'
import { putMentions } from '../comments/store.js'
import type { TrackingSchema } from '../schema.js'

/** Ids of principals are not the same on another server: nobody owns an imported comment. */
const NO_PRINCIPAL = ''

/** Imports comments on a run with their ids, authors and times. Comments that were imported before are updated. */
export async function importComments(
  tx: Transaction<TrackingSchema>,
  run_id: string,
  comments: readonly ImportedComment[] = [],
): Promise<void> {
  for (const comment of comments) {
    const { body, updated_at } = comment
    const known = await findComment(tx, comment.comment_id)
    const isOfOther = known !== undefined && known.run_id !== run_id
    const comment_id = isOfOther ? derivedId(run_id, comment.comment_id) : comment.comment_id
    const row = { ...comment, comment_id, run_id, author_id: NO_PRINCIPAL }
    await tx
      .insertInto('run_comments')
      .values(row)
      .onConflict((conflict) => conflict.column('comment_id').doUpdateSet({ body, updated_at }))
      .execute()
    await tx.deleteFrom('run_mentions').where('comment_id', '=', comment_id).execute()
    await putMentions(tx, row)
  }
}

const findComment = (tx: Transaction<TrackingSchema>, id: string) =>
  tx.selectFrom('run_comments').select('run_id').where('comment_id', '=', id).executeTakeFirst()

/** Deterministic, so that a repeated import finds the comment that it created. */
const derivedId = (runId: string, commentId: string) =>
  createHash('sha256').update(`${runId} ${commentId}`).digest('hex').slice(0, 32)
