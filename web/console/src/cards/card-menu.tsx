import { lazy, type RefObject, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Block } from '../reports/block.js'
import { Icon, type IconName } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import type { DrawingFiles } from '../ui/save-drawing.js'
import { SaveItems } from '../ui/save-menu.js'
import type { Card } from './card.js'
import { CopyItem } from './copy-item.js'
import { ReportItems } from './report-items.js'
import type { CardActions } from './use-card-actions.js'

const AddToReport = lazy(async () => ({
  default: (await import('../reports/add-to-report.js')).AddToReport,
}))

interface CardMenuProps {
  readonly card: Card
  readonly title: string
  readonly asTable: boolean
  readonly files: RefObject<DrawingFiles | undefined>
  readonly isLoading: boolean
  readonly actions: CardActions
  readonly onTable: () => void
}

/** Switches between table and chart, opens full screen, and has a menu of further actions. */
export function CardMenu({ card, title, asTable, files, isLoading, actions, onTable }: CardMenuProps) {
  const { t } = useTranslation()
  const isOpen = actions.openId === card.id
  const [block, setBlock] = useState<Block>()
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
        {(close) => <MenuItems {...{ card, title, files, isLoading, actions, close }} onAdd={setBlock} />}
      </Popover>
      {block && (
        <Suspense>
          <AddToReport block={block} onClose={() => setBlock(undefined)} />
        </Suspense>
      )}
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

type MenuItemsProps = Pick<CardMenuProps, 'card' | 'title' | 'files' | 'isLoading' | 'actions'> & {
  readonly close: () => void
  readonly onAdd: (block: Block) => void
}

function MenuItems({ card, title, files, isLoading, actions, close, onAdd }: MenuItemsProps) {
  const { t } = useTranslation()
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
    <div className="icon-menu">
      {item(t('cards.edit'), () => actions.edit(card), 'settings')}
      {item(t('cards.duplicate'), () => actions.duplicate(card), 'copy')}
      {item(t('cards.remove'), () => actions.remove(card), 'trash')}
      <hr />
      <SaveItems {...{ title, files, isLoading }} onSaved={close} />
      <CopyItem
        icon="link"
        label={t('cards.copyLink')}
        copied={t('common.copied')}
        text={actions.linkOf(card)}
      />
      <ReportItems
        card={card}
        onAdd={(block) => {
          close()
          onAdd(block)
        }}
      />
    </div>
  )
}
