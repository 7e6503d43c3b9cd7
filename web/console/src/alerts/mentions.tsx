import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { ImportedMark } from '../comments/imported-mark.js'
import { useFormat } from '../i18n/format.js'
import { Markdown } from '../markdown/markdown.js'
import { Status } from '../ui/status.js'
import { isUnread, mentionsQuery, useUnread } from './unread.js'
import '../comments/comments.css'

/** The latest comments that mention the user; nothing without any. */
export function Mentions() {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const mentions = useQuery(mentionsQuery)
  const readUntil = useUnread()?.readUntil
  if (!mentions.data || mentions.data.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('comments.mentions')}</h2>
        <span className="muted">{mentions.data.length}</span>
      </header>
      <ul className="body comments">
        {mentions.data.map((mention) => {
          const { experiment_id, run_name, comment, mentioned_at } = mention
          return (
            <li key={comment.comment_id}>
              <div className="comment-head">
                {readUntil !== undefined && isUnread(mention, readUntil) && (
                  <Status tone="bad">{t('alerts.new')}</Status>
                )}
                <strong>{comment.author}</strong>
                <ImportedMark comment={comment} />
                <Link
                  to="/experiments/$experimentId/runs/$runId"
                  params={{ experimentId: experiment_id, runId: comment.run_id }}
                >
                  {run_name || comment.run_id.slice(0, 8)}
                </Link>
                <span className="muted">{format.ago(mentioned_at)}</span>
              </div>
              <Markdown text={comment.body} mentions />
            </li>
          )
        })}
      </ul>
    </section>
  )
}
