import { useCallback, useMemo, useRef, useState } from 'react'
import { type Brush, type Brushes, NO_BRUSHES, putBrush, runsWithin } from './brush.js'
import type { Section } from './sections.js'

/**
 * The brushes of a panel. A brush ends with its card, and lasts while its card is scrolled out of view.
 *
 * @param onSelect receives the runs within all brushes; none without a brush
 */
export function useBrushes(
  sections: readonly Section[],
  onSelect: ((runIds: readonly string[]) => void) | undefined,
) {
  const [kept, setKept] = useState(NO_BRUSHES)
  const brushes = useMemo(() => existing(kept, sections), [kept, sections])
  const within = useMemo(() => runsWithin(brushes.values()), [brushes])
  const current = useRef(brushes)
  current.current = brushes
  const change = useCallback(
    (next: Brushes) => {
      if (next === current.current) return
      current.current = next
      setKept(next)
      onSelect?.([...(runsWithin(next.values()) ?? [])])
    },
    [onSelect],
  )
  const onBrush = useCallback(
    (cardId: string, brush: Brush | undefined) => change(putBrush(current.current, cardId, brush)),
    [change],
  )
  const clear = useCallback(() => change(NO_BRUSHES), [change])
  return { brushes, within, onBrush, clear }
}

function existing(brushes: Brushes, sections: readonly Section[]): Brushes {
  if (brushes.size === 0) return NO_BRUSHES
  const ids = new Set(
    sections.flatMap(({ cards }) => cards.flatMap(({ id, kind }) => (kind === 'parallel' ? [id] : []))),
  )
  const ended = [...brushes.keys()].filter((id) => !ids.has(id))
  return ended.reduce((rest: Brushes, id) => putBrush(rest, id, undefined), brushes)
}
