import { useTranslation } from 'react-i18next'

interface BrushNoticeProps {
  readonly count: number
  readonly total: number
  readonly onClear: () => void
}

/** Tells how many runs the cards draw because of brushes. */
export function BrushNotice({ count, total, onClear }: BrushNoticeProps) {
  const { t } = useTranslation()
  return (
    <div className="brush-notice">
      <span role="status">{t('cards.brushed', { count, total })}</span>
      <button type="button" className="button small" onClick={onClear}>
        {t('cards.clearBrush')}
      </button>
    </div>
  )
}
