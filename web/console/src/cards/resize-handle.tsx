import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Card, clampExtent } from './card.js'

type Size = Pick<Card, 'width' | 'height'>

interface ResizeHandleProps {
  readonly card: Card
  readonly title: string
  readonly onResize: (size: Size) => void
}

const STEPS: Readonly<Record<string, readonly [width: number, height: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}

/** Resizes a card by whole columns and rows, by dragging its corner or by arrow keys. */
export function ResizeHandle({ card, title, onResize }: ResizeHandleProps) {
  const { t } = useTranslation()
  const start = useRef<{ x: number; y: number; width: number; height: number; size: Size }>(undefined)
  const change = (size: Size) => {
    if (size.width !== card.width || size.height !== card.height) onResize(size)
  }
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    const { width, height } = event.currentTarget.closest('figure')!.getBoundingClientRect()
    start.current = { x: event.clientX, y: event.clientY, width, height, size: card }
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    if (!start.current) return
    const { x, y, width, height, size } = start.current
    change({
      width: clampExtent(Math.round((size.width * (width + clientX - x)) / width)),
      height: clampExtent(Math.round((size.height * (height + clientY - y)) / height)),
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (!step) return
    event.preventDefault()
    change({ width: clampExtent(card.width + step[0]), height: clampExtent(card.height + step[1]) })
  }
  return (
    <button
      type="button"
      className="card-corner"
      aria-label={t('cards.resize', { name: title, width: card.width, height: card.height })}
      aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown"
      title={t('cards.resizeHelp')}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        start.current = undefined
      }}
      onKeyDown={onKeyDown}
    />
  )
}
