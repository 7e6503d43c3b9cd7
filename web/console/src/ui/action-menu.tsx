import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from './icon.js'
import { Popover } from './popover.js'

export interface MenuAction {
  readonly label: string
  readonly icon: IconName
  readonly danger?: boolean
  readonly onChoose: () => void
}

/** A button that opens a list of further actions; nothing without actions. */
export function ActionMenu({ actions }: { actions: readonly MenuAction[] }) {
  const { t } = useTranslation()
  if (actions.length === 0) return null
  return (
    <Popover
      align="end"
      className="button icon-only"
      name={t('edit.moreActions')}
      label={<Icon name="more" />}
    >
      {(close) => (
        <ul className="action-menu">
          {actions.map(({ label, icon, danger, onChoose }) => (
            <li key={label}>
              <button
                type="button"
                className={danger ? 'danger' : undefined}
                onClick={() => {
                  close()
                  onChoose()
                }}
              >
                <Icon name={icon} />
                {label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}
