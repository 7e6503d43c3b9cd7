import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import type { Item, Reason, RecommendationList } from './recommendation-response.js'

/** Recommended items with title, score and reasons. */
export function Recommendations({ recommended: { items, notices } }: { recommended: RecommendationList }) {
  const scores = items.map(({ score }) => score)
  const low = Math.min(0, ...scores)
  const span = Math.max(...scores) - low || 1
  return (
    <>
      {notices.map((notice) => (
        <p key={notice} className="notice">
          {notice}
        </p>
      ))}
      <ol className="recommendations">
        {items.map((item) => (
          <Line key={item.id} item={item} share={Math.max(0, (item.score - low) / span)} />
        ))}
      </ol>
    </>
  )
}

function Line({ item, share }: { item: Item; share: number }) {
  const format = useFormat()
  const textOf = useReasonText()
  const why = item.reasons.map(textOf).filter(Boolean).join(' · ')
  return (
    <li>
      <strong>{item.title}</strong>
      <span className="score" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="number">{format.metric(item.score)}</span>
      {why && <small className="muted">{why}</small>}
    </li>
  )
}

function useReasonText(): (reason: Reason) => string {
  const { t } = useTranslation()
  return (reason) => {
    switch (reason.type) {
      case 'history':
      case 'influence':
      case 'recent':
        return t(`reason.${reason.type}`, { title: reason.title ?? String(reason.item_id) })
      case 'trait':
        return t('reason.trait', { trait: reason.trait ?? '' })
      case 'profile':
        return t('reason.profile')
      case 'popularity':
        return t('reason.popularity')
      default:
        return ''
    }
  }
}
