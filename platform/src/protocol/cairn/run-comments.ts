import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { READ_EXPERIMENTS } from '../rights.js'
import { Empty, Int64, Required } from '../wire.js'

/** The largest number of comments on one run. */
export const MAX_COMMENTS = 200

const PATH = '/api/cairn/v1/run-comments'
const ONE = { path: `${PATH}/{comment_id}`, right: READ_EXPERIMENTS } as const
const This = { run_id: Required(), comment_id: Required() }
export const CommentBody = () =>
  Required({ maxLength: 4_000, description: 'Markdown, in which `@name` mentions a principal' })

/** A text about a run, which is visible to all who may read the run. */
export const RunComment = Type.Object({
  comment_id: Type.String(),
  run_id: Type.String(),
  body: Type.String(),
  /** Name of the principal that wrote it. */
  author: Type.String(),
  /** True if the caller wrote it. */
  own: Type.Boolean(),
  created_at: Int64(),
  /** Later than `created_at` once it was edited. */
  updated_at: Int64(),
  /** The name of the principal that imported it; empty if unknown. Absent for a comment that was not imported. */
  imported_by: Type.Optional(Type.String()),
})
export type RunComment = Static<typeof RunComment>

export const ListRunComments = operation({
  ...{ id: 'listRunComments', method: 'GET', path: PATH, right: READ_EXPERIMENTS },
  summary: 'List the comments on a run, the oldest first',
  input: Type.Object({ run_id: Required() }),
  output: Type.Object({ comments: Type.Array(RunComment) }),
})
export const CreateRunComment = operation({
  ...{ id: 'createRunComment', method: 'POST', path: PATH, right: READ_EXPERIMENTS },
  summary: 'Comment on a run',
  input: Type.Object({ run_id: Required(), body: CommentBody() }),
  output: Type.Object({ comment: RunComment }),
})
export const UpdateRunComment = operation({
  ...{ ...ONE, id: 'updateRunComment', method: 'PATCH', summary: 'Edit a comment of the caller' },
  input: Type.Object({ ...This, body: CommentBody() }),
  output: Type.Object({ comment: RunComment }),
})
export const DeleteRunComment = operation({
  ...{ ...ONE, id: 'deleteRunComment', method: 'DELETE' },
  summary: 'Delete a comment: of the caller, or of anybody for those who edit the experiment',
  input: Type.Object(This),
  output: Empty,
})
export const ListMentions = operation({
  ...{ id: 'listMentions', method: 'GET', path: '/api/cairn/v1/mentions', scope: 'read' },
  summary: 'List the latest 100 comments that mention the caller, on runs that the caller may read',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({
    mentions: Type.Array(
      Type.Object({
        ...{ experiment_id: Type.String(), run_name: Type.String(), comment: RunComment },
        /** The time of the mention, which is later than that of the comment if an edit added it. */
        mentioned_at: Int64(),
      }),
    ),
  }),
})
