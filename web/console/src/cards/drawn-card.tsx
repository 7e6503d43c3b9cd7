import { useMemo } from 'react'
import type { Brush } from './brush.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { DrawingView } from './drawing-view.js'
import type { Drawing } from './kinds/drawing.js'

type DrawnCardProps = Pick<CardBodyProps, 'card' | 'title' | 'height' | 'asTable' | 'files'> & {
  readonly drawing: Drawing
}

/** A drawing of a card, whose brush the panel shares. */
export function DrawnCard({ card, ...props }: DrawnCardProps) {
  const { brushes, onBrush } = useCards()
  const put = useMemo(() => onBrush && ((brush?: Brush) => onBrush(card.id, brush)), [onBrush, card.id])
  return <DrawingView {...props} brush={brushes.get(card.id)} onBrush={put} />
}
