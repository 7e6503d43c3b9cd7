import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import type { Card } from './card.js'
import type { CardFiles } from './card-body.js'
import { type FileKind, saveCard } from './save-card.js'
import type { CardActions } from './use-card-actions.js'

interface CardMenuProps {
  readonly card: Card
  readonly title: string
  readonly asTable: boolean
  readonly files: RefObject<CardFiles | undefined>
  readonly actions: CardActions
  readonly onTable: () => void
}

const COPIED_MS = 1600
const FILES: readonly FileKind[] = ['png', 'svg', 'csv']

/** Switches between table and chart, opens full screen, and has a menu of further actions. */
export function CardMenu({ card, title, asTable, files, actions, onTable }: CardMenuProps) {
  const { t } = useTranslation()
  const isOpen = actions.openId === card.id
  return (
    <span className="card-buttons">
      {card.kind !== 'importance' && (
        <IconButton
          icon={asTable ? 'chart' : 'table'}
          label={t(asTable ? 'curves.asChart' : 'curves.asTable')}
          pressed={asTable}
          onClick={onTable}
        />
      )}
      {!isOpen && (
        <IconButton icon="expand" label={t('cards.fullScreen')} onClick={() => actions.open(card.id)} />
      )}
      <Popover
        className="button ghost small icon-only"
        name={t('cards.menu', { name: title })}
        label={<Icon name="dots" size={14} />}
        align="end"
      >
        {(close) => <MenuItems {...{ card, title, files, actions, close }} />}
      </Popover>
    </span>
  )
}

interface IconButtonProps {
  readonly icon: IconName
  readonly label: string
  readonly pressed?: boolean
  readonly onClick: () => void
}

function IconButton({ icon, label, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className="button ghost small icon-only"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </button>
  )
}

type MenuItemsProps = Pick<CardMenuProps, 'card' | 'title' | 'files' | 'actions'> & {
  readonly close: () => void
}

function MenuItems({ card, title, files, actions, close }: MenuItemsProps) {
  const { t } = useTranslation()
  const [failed, setFailed] = useState(false)
  const save = (kind: FileKind) => {
    if (!files.current) return
    saveCard(files.current, title, kind).then(close, () => setFailed(true))
  }
  const canSave = (kind: FileKind) => kind === 'csv' || files.current?.svg !== undefined
  const item = (label: string, action: () => void, icon: IconName) => (
    <button
      type="button"
      className="menu-item"
      onClick={() => {
        close()
        action()
      }}
    >
      <Icon name={icon} size={14} />
      {label}
    </button>
  )
  return (
    <div className="card-menu">
      {item(t('cards.edit'), () => actions.edit(card), 'settings')}
      {item(t('cards.duplicate'), () => actions.duplicate(card), 'copy')}
      {item(t('cards.remove'), () => actions.remove(card), 'trash')}
      <hr />
      {FILES.filter(canSave).map((kind) => (
        <button key={kind} type="button" className="menu-item" onClick={() => save(kind)}>
          <Icon name="download" size={14} />
          {t('cards.save', { kind: kind.toUpperCase() })}
        </button>
      ))}
      <CopyLink link={actions.linkOf(card)} />
      {failed && (
        <p className="bad" role="alert">
          {t('cards.saveFailed')}
        </p>
      )}
    </div>
  )
}

function CopyLink({ link }: { link: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(link)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <button type="button" className="menu-item" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'link'} size={14} />
      <span aria-live="polite">{copied ? t('common.copied') : t('cards.copyLink')}</span>
    </button>
  )
}
