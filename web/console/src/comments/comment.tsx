import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { deleteComment, type RunComment, updateComment } from '../api/comments.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { Markdown } from '../markdown/markdown.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { CommentForm } from './comment-form.js'
import { ImportedMark } from './imported-mark.js'

interface CommentProps {
  readonly comment: RunComment
  readonly mayDelete: boolean
}

/** A comment, which its author edits in place. */
export function Comment({ comment, mayDelete }: CommentProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [mode, setMode] = useState<'edit' | 'delete'>()
  const editButton = useRef<HTMLButtonElement>(null)
  const close = () => setMode(undefined)
  const closeEditor = () => {
    flushSync(close)
    editButton.current?.focus()
  }
  const queries = useQueryClient()
  const changed = () => queries.invalidateQueries({ queryKey: queryKeys.comments(comment.run_id) })
  const { author, created_at, updated_at, own, body } = comment
  return (
    <li>
      <div className="comment-head">
        <strong>{author}</strong>
        <ImportedMark comment={comment} />
        <time className="muted" dateTime={new Date(created_at).toISOString()} title={format.time(created_at)}>
          {format.ago(created_at)}
        </time>
        {updated_at > created_at && <span className="muted">{t('comments.edited')}</span>}
        {own && mode !== 'edit' && (
          <CommentButton
            ref={editButton}
            label={t('comments.edit')}
            icon="edit"
            onClick={() => setMode('edit')}
          />
        )}
        {mayDelete && (
          <CommentButton
            label={t('comments.delete', { author })}
            icon="trash"
            onClick={() => setMode('delete')}
          />
        )}
      </div>
      {mode === 'edit' ? (
        <EditComment comment={comment} onDone={() => changed().then(closeEditor)} onClose={closeEditor} />
      ) : (
        <Markdown text={body} mentions />
      )}
      {mode === 'delete' && (
        <ConfirmAction
          title={t('comments.delete', { author })}
          action={t('edit.delete')}
          confirm={() => deleteComment(comment).then(changed)}
          onClose={close}
        >
          {t('comments.deleteHelp')}
        </ConfirmAction>
      )}
    </li>
  )
}

interface CommentButtonProps {
  readonly ref?: RefObject<HTMLButtonElement | null>
  readonly label: string
  readonly icon: 'edit' | 'trash'
  readonly onClick: () => void
}

const CommentButton = ({ ref, label, icon, onClick }: CommentButtonProps) => (
  <button
    type="button"
    ref={ref}
    className="button ghost icon-only small"
    aria-label={label}
    title={label}
    onClick={onClick}
  >
    <Icon name={icon} size={14} />
  </button>
)

interface EditCommentProps {
  readonly comment: RunComment
  readonly onDone: () => Promise<unknown>
  readonly onClose: () => void
}

function EditComment({ comment, onDone, onClose }: EditCommentProps) {
  const { t } = useTranslation()
  return (
    <CommentForm
      label={t('comments.edit')}
      action={t('edit.save')}
      initial={comment.body}
      send={(text) => updateComment(comment, text)}
      onSent={onDone}
      onCancel={onClose}
    />
  )
}
