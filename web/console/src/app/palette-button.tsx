import { useTranslation } from 'react-i18next'
import { COMMAND } from '../shortcuts/shortcut-keys.js'
import { Icon } from '../ui/icon.js'

export function PaletteButton({ onOpen }: { readonly onOpen: () => void }) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className="button palette-open"
      aria-label={t('palette.title')}
      aria-keyshortcuts="Control+K Meta+K"
      title={t('palette.title')}
      onClick={onOpen}
    >
      <Icon name="search" />
      <kbd className="wide-only">{COMMAND} K</kbd>
    </button>
  )
}
