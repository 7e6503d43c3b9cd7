import type { KeyboardEvent, PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'

interface DragHandleProps {
  readonly title: string
  /** From 1, and the number of cards of the section. */
  readonly position: readonly [place: number, count: number]
  /** Called with the id of the card under the pointer, and undefined when the drag ends elsewhere. */
  readonly onOver: (id: string | undefined) => void
  readonly onDrop: (id: string) => void
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

/** Moves a card by dragging, also by touch, or by arrow keys. */
export function DragHandle({ title, position: [place, count], onOver, onDrop, onMove }: DragHandleProps) {
  const { t } = useTranslation()
  const onKeyDown = (event: KeyboardEvent) => {
    const by = MOVES[event.key]
    if (by === undefined) return
    event.preventDefault()
    onMove(by)
  }
  const isDragging = ({ currentTarget, pointerId }: PointerEvent<HTMLButtonElement>) =>
    currentTarget.hasPointerCapture(pointerId)
  return (
    <button
      type="button"
      className="card-handle"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => isDragging(event) && onOver(cardAt(event))}
      onPointerUp={(event) => {
        const target = isDragging(event) && cardAt(event)
        onOver(undefined)
        if (target) onDrop(target)
      }}
      onPointerCancel={() => onOver(undefined)}
      onKeyDown={onKeyDown}
      aria-label={t('cards.move', { name: title, place, count })}
      aria-keyshortcuts="ArrowLeft ArrowRight Home End"
      title={t('cards.moveHelp')}
    >
      <Icon name="grip" size={14} />
    </button>
  )
}

const cardAt = ({ clientX, clientY }: PointerEvent) =>
  document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-card]')?.dataset.card
