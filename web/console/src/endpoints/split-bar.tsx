import { useTranslation } from 'react-i18next'
import { seriesStyle } from '../charts/series-style.js'

interface SplitBarProps {
  readonly shares: readonly { readonly entity: { readonly name: string }; readonly percent: number }[]
}

/** The traffic split as one stacked bar. */
export function SplitBar({ shares }: SplitBarProps) {
  const { t } = useTranslation()
  const text = shares.map(({ entity, percent }) => `${entity.name} ${percent}%`).join(', ')
  return (
    <div className="split-bar" role="img" aria-label={t('endpoint.splitLabel', { split: text })}>
      {shares.map(({ entity, percent }, index) =>
        percent > 0 ? (
          <span
            key={entity.name}
            style={{ flexGrow: percent, background: seriesStyle(index).colour }}
            title={`${entity.name} ${percent}%`}
          />
        ) : null,
      )}
    </div>
  )
}
