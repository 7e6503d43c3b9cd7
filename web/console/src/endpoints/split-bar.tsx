import { useTranslation } from 'react-i18next'
import { penOf } from '../charts/palette.js'
import type { Share } from './traffic.js'

/** The traffic as one bar, cut where it is split. */
export function SplitBar({ shares }: { shares: readonly Share[] }) {
  const { t } = useTranslation()
  const text = shares.map(({ entity, percent }) => `${entity.name} ${percent} %`).join(', ')
  return (
    <div className="split-bar" role="img" aria-label={t('endpoint.splitIs', { split: text })}>
      {shares.map(({ entity, percent }, index) =>
        percent > 0 ? (
          <span
            key={entity.name}
            style={{ flexGrow: percent, background: penOf(index).colour }}
            title={`${entity.name} ${percent} %`}
          />
        ) : null,
      )}
    </div>
  )
}
