import type {
  CreateRunComment,
  DeleteRunComment,
  ListMentions,
  ListRunComments,
  RunComment,
  UpdateRunComment,
} from '@cairn/platform/protocol/cairn/run-comments'
import type { Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { RunComment }
export type Mention = Output<typeof ListMentions>['mentions'][number]

const COMMENTS = '/api/cairn/v1/run-comments'

export const listComments = async (run_id: string, signal?: AbortSignal) =>
  (await call<typeof ListRunComments>(`GET ${COMMENTS}`, { run_id }, signal)).comments

export const createComment = (run_id: string, body: string) =>
  call<typeof CreateRunComment>(`POST ${COMMENTS}`, { run_id, body })

type CommentRef = Pick<RunComment, 'run_id' | 'comment_id'>

export const updateComment = ({ run_id, comment_id }: CommentRef, body: string) =>
  call<typeof UpdateRunComment>(`PATCH ${COMMENTS}/{comment_id}`, { run_id, comment_id, body })

export const deleteComment = ({ run_id, comment_id }: CommentRef) =>
  call<typeof DeleteRunComment>(`DELETE ${COMMENTS}/{comment_id}`, { run_id, comment_id })

export const listMentions = async (signal?: AbortSignal) =>
  (await call<typeof ListMentions>('GET /api/cairn/v1/mentions', {}, signal)).mentions
