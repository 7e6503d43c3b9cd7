import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { EYES, type Eyes } from './run-appearance.js'
import type { RunsState } from './use-runs-state.js'

/** Chooses the runs that charts show. */
export function EyesMenu({ state }: { state: RunsState }) {
  const { t } = useTranslation()
  return (
    <Popover className="row-button" name={t('runsTable.eyes')} label={<Icon name="eye" size={14} />}>
      {(close) => (
        <div className="menu runs-menu">
          {(Object.keys(EYES) as Eyes[]).map((eyes) => (
            <button
              key={eyes}
              type="button"
              className="menu-item"
              aria-pressed={state.eyes === eyes && state.toggled.size === 0}
              onClick={() => {
                close()
                state.setEyes(eyes)
              }}
            >
              {t(`runsTable.eyes_${eyes}`)}
            </button>
          ))}
        </div>
      )}
    </Popover>
  )
}
