import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { listMentions } from '../api/comments.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { Markdown } from '../markdown/markdown.js'
import './comments.css'

/** The latest comments that mention the user; nothing without any. */
export function Mentions() {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const mentions = useQuery({
    queryKey: queryKeys.mentions(),
    queryFn: ({ signal }) => listMentions(signal),
    retry: false,
  })
  if (!mentions.data || mentions.data.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('comments.mentions')}</h2>
        <span className="muted">{mentions.data.length}</span>
      </header>
      <ul className="body comments">
        {mentions.data.map(({ experiment_id, run_name, comment }) => (
          <li key={comment.comment_id}>
            <div className="comment-head">
              <strong>{comment.author}</strong>
              <Link
                to="/experiments/$experimentId/runs/$runId"
                params={{ experimentId: experiment_id, runId: comment.run_id }}
              >
                {run_name || comment.run_id.slice(0, 8)}
              </Link>
              <span className="muted">{format.ago(comment.created_at)}</span>
            </div>
            <Markdown text={comment.body} mentions />
          </li>
        ))}
      </ul>
    </section>
  )
}
