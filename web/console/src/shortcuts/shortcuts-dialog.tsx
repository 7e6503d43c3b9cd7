import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/dialog.js'
import { COMMAND, GO_TO } from './shortcut-keys.js'
import { hasSingleKeys, setSingleKeys } from './single-keys.js'
import './shortcuts.css'

/** All shortcuts, and the switch for those of one key. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const [on, setOn] = useState(hasSingleKeys)
  const rows: readonly (readonly [keys: readonly string[], label: string])[] = [
    [[COMMAND, 'K'], t('palette.title')],
    [['?'], t('shortcuts.show')],
    [['/'], t('shortcuts.filter')],
    [['Esc'], t('shortcuts.escape')],
    ...Object.entries(GO_TO).map(([key, page]) => {
      const name = page === 'alerts' ? t('alerts.title') : t(`nav.${page}`)
      return [['g', key], t('shortcuts.goTo', { page: name })] as const
    }),
  ]
  return (
    <Dialog title={t('shortcuts.title')} onClose={onClose}>
      <dl className="shortcuts">
        {rows.map(([keys, label]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="check-line">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setSingleKeys(event.target.checked)
            setOn(event.target.checked)
          }}
        />
        {t('shortcuts.singleKeys')}
      </label>
    </Dialog>
  )
}
