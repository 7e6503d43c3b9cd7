import type { DragEvent, KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'

interface DragHandleProps {
  readonly title: string
  /** From 1, and the number of cards of the section. */
  readonly position: readonly [place: number, count: number]
  readonly onDragStart: (event: DragEvent) => void
  readonly onMove: (by: number) => void
}

const MOVES: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** Moves a card by dragging or by arrow keys. */
export function DragHandle({ title, position: [place, count], onDragStart, onMove }: DragHandleProps) {
  const { t } = useTranslation()
  const onKeyDown = (event: KeyboardEvent) => {
    const by = MOVES[event.key]
    if (by === undefined) return
    event.preventDefault()
    onMove(by)
  }
  return (
    <button
      type="button"
      className="card-handle"
      draggable
      onDragStart={onDragStart}
      onKeyDown={onKeyDown}
      aria-label={t('cards.move', { name: title, place, count })}
      aria-keyshortcuts="ArrowLeft ArrowRight Home End"
      title={t('cards.moveHelp')}
    >
      <Icon name="grip" size={14} />
    </button>
  )
}
