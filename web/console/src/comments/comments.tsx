import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { createComment, listComments } from '../api/comments.js'
import { queryKeys } from '../api/query-keys.js'
import { Failure, Skeleton } from '../ui/states.js'
import { Comment } from './comment.js'
import { CommentForm } from './comment-form.js'
import './comments.css'

interface CommentsProps {
  readonly runId: string
  /** True if the user edits the run, and so may delete comments of others. */
  readonly mayEdit: boolean
  /** False for a deleted run. */
  readonly isOpen: boolean
}

/** The comments on a run, and a field for a new one. */
export function Comments({ runId, mayEdit, isOpen }: CommentsProps) {
  const { t } = useTranslation()
  const heading = useId()
  const comments = useQuery({
    queryKey: queryKeys.comments(runId),
    queryFn: ({ signal }) => listComments(runId, signal),
  })
  const count = comments.data?.length ?? 0
  if (!isOpen && count === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('comments.title')}</h2>
        <span className="muted">{count || ''}</span>
      </header>
      <div className="body stack">
        {comments.isPending && <Skeleton lines={2} />}
        {comments.isError && <Failure error={comments.error} retry={() => void comments.refetch()} />}
        {count > 0 && (
          <ul className="comments">
            {comments.data?.map((comment) => (
              <Comment key={comment.comment_id} comment={comment} mayDelete={comment.own || mayEdit} />
            ))}
          </ul>
        )}
        {isOpen && <NewComment runId={runId} />}
      </div>
    </section>
  )
}

function NewComment({ runId }: { runId: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  return (
    <CommentForm
      label={t('comments.new')}
      action={t('comments.add')}
      send={(text) => createComment(runId, text)}
      onSent={() => queries.invalidateQueries({ queryKey: queryKeys.comments(runId) })}
    />
  )
}
