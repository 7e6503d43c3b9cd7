import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Principal } from '@cairn/platform/auth/principal'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import {
  type CreateRunComment,
  type DeleteRunComment,
  type ListMentions,
  MAX_COMMENTS,
  type RunComment,
  type UpdateRunComment,
} from '@cairn/platform/protocol/cairn/run-comments'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import { getActiveRun } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import { mentionedNames } from './mentioned-names.js'
import type { RunCommentRow } from './schema.js'

const MAX_MENTIONS = 100

type Tx = Transaction<TrackingSchema>

/** Comments on runs, and the principals that they mention. */
export class CommentStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Lists the comments on a run, the oldest first. */
  async list(run_id: string, reader: Principal): Promise<RunComment[]> {
    const rows = await this.#db.read
      .selectFrom('run_comments')
      .selectAll()
      .where('run_id', '=', run_id)
      .orderBy('created_at')
      .orderBy('comment_id')
      .execute()
    return rows.map((row) => toComment(row, reader))
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the run; INVALID_PARAMETER_VALUE if it is deleted; RESOURCE_EXHAUSTED */
  async create({ run_id, body }: Input<typeof CreateRunComment>, by: Principal): Promise<RunComment> {
    const now = this.#clock.now()
    const row: RunCommentRow = {
      ...{ comment_id: newId(), run_id, body, author_id: by.id, author: by.name },
      ...{ created_at: now, updated_at: now, imported_by: null },
    }
    await this.#db.transaction(async (tx) => {
      await getActiveRun(tx, run_id)
      await checkNumber(tx, run_id)
      await tx.insertInto('run_comments').values(row).execute()
      await putMentions(tx, row)
    })
    return toComment(row, by)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; PERMISSION_DENIED for a comment of another principal */
  async update(input: Input<typeof UpdateRunComment>, by: Principal): Promise<RunComment> {
    const updated_at = this.#clock.now()
    return this.#db.transaction(async (tx) => {
      const row = { ...(await getRow(tx, input)), body: input.body, updated_at }
      if (row.author_id !== by.id)
        throw new ApiError('PERMISSION_DENIED', `Only ${row.author} may edit this comment.`)
      const { comment_id, body } = row
      const updated = await tx
        .updateTable('run_comments')
        .set({ body, updated_at })
        .where('comment_id', '=', comment_id)
        .executeTakeFirst()
      if (updated.numUpdatedRows === 0n) throw noSuchComment(input) // deleted since it was read
      await replaceMentions(tx, [row])
      return toComment(row, by)
    })
  }

  /**
   * @param mayEdit whether the caller may edit the experiment
   * @throws RESOURCE_DOES_NOT_EXIST; PERMISSION_DENIED for a comment of another principal
   */
  async delete(input: Input<typeof DeleteRunComment>, by: Principal, mayEdit: boolean): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const { comment_id, author_id, author } = await getRow(tx, input)
      if (author_id !== by.id && !mayEdit)
        throw new ApiError(
          'PERMISSION_DENIED',
          `Only ${author} and principals with EDIT EXPERIMENTS on the experiment may delete this comment.`,
        )
      await tx.deleteFrom('run_comments').where('comment_id', '=', comment_id).execute()
      await tx.deleteFrom('run_mentions').where('comment_id', '=', comment_id).execute()
    })
  }

  /** Lists comments that mention a principal on active runs of the allowed experiments, the latest first. */
  async mentionsOf(reader: Principal, allowed: AllowedObjects | undefined) {
    let query = this.#db.read
      .selectFrom('run_mentions')
      .innerJoin('run_comments', 'run_comments.comment_id', 'run_mentions.comment_id')
      .innerJoin('runs', 'runs.run_id', 'run_mentions.run_id')
      .selectAll('run_comments')
      .select(['runs.experiment_id', 'runs.run_name', 'run_mentions.created_at as mentioned_at'])
      .where('run_mentions.name', '=', reader.name.toLowerCase())
      .where('runs.lifecycle_stage', '=', 'active')
    if (allowed) query = query.where(allowed.has('runs.experiment_id'))
    const rows = await query
      .orderBy('run_mentions.created_at', 'desc')
      .orderBy('run_mentions.comment_id')
      .limit(MAX_MENTIONS)
      .execute()
    const mentions: Output<typeof ListMentions>['mentions'] = rows.map((row) => ({
      experiment_id: String(row.experiment_id),
      run_name: row.run_name ?? '',
      mentioned_at: row.mentioned_at,
      comment: toComment(row, reader),
    }))
    return mentions
  }
}

async function checkNumber(tx: Tx, run_id: string) {
  const rows = await tx.selectFrom('run_comments').select('comment_id').where('run_id', '=', run_id).execute()
  if (rows.length >= MAX_COMMENTS)
    throw new ApiError('RESOURCE_EXHAUSTED', `A run has at most ${MAX_COMMENTS} comments. Delete some.`)
}

type CommentRef = Input<typeof DeleteRunComment>

const noSuchComment = ({ run_id, comment_id }: CommentRef) =>
  missing(`Run '${run_id}' has no comment '${comment_id.slice(0, 100)}'.`)

async function getRow(tx: Tx, ref: CommentRef): Promise<RunCommentRow> {
  const { run_id, comment_id } = ref
  const row = await tx
    .selectFrom('run_comments')
    .selectAll()
    .where('comment_id', '=', comment_id)
    .where('run_id', '=', run_id)
    .executeTakeFirst()
  if (!row) throw noSuchComment(ref)
  return row
}

/** Replaces the mentions of edited comments. Existing mentions keep their time, so that they do not become unread again. */
export async function replaceMentions(tx: Tx, comments: readonly RunCommentRow[]) {
  const ids = comments.map(({ comment_id }) => comment_id)
  if (ids.length === 0) return
  const known = await tx
    .deleteFrom('run_mentions')
    .where('comment_id', 'in', ids)
    .returning(['comment_id', 'name', 'created_at'])
    .execute()
  const byComment = groupBy(known, ({ comment_id }) => comment_id)
  for (const comment of comments) {
    const before = byComment.get(comment.comment_id) ?? []
    await putMentions(tx, comment, new Map(before.map(({ name, created_at }) => [name, created_at])))
  }
}

/** @param known times of existing mentions by name; new ones get the time of the last change */
async function putMentions(
  tx: Tx,
  { comment_id, run_id, body, updated_at }: RunCommentRow,
  known: ReadonlyMap<string, number> = new Map(),
) {
  const rows = mentionedNames(body).map((name) => ({
    ...{ name, comment_id, run_id, created_at: known.get(name) ?? updated_at },
  }))
  if (rows.length > 0) await tx.insertInto('run_mentions').values(rows).execute()
}

/** The author of imported comments: ids of principals differ between servers, so no principal owns them. */
export const NO_PRINCIPAL = ''

const toComment = (row: RunCommentRow, reader: Principal): RunComment => {
  const { comment_id, run_id, body, author_id, author, created_at, updated_at, imported_by } = row
  return {
    ...{ comment_id, run_id, body, author, own: author_id === reader.id, created_at, updated_at },
    ...(author_id === NO_PRINCIPAL && { imported_by: imported_by ?? '' }),
  }
}
