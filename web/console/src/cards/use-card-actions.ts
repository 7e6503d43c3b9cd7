import { useMemo, useRef, useState } from 'react'
import type { Card } from './card.js'
import { duplicateCard, moveCard, openCard, putCard, removeCard, toggleSection } from './changes.js'
import { type ChartsState, stateToText } from './charts-state.js'
import { linkTo } from './link.js'
import type { Section } from './sections.js'

export type CardActions = ReturnType<typeof useCardActions>

interface ActionsOptions {
  readonly state: ChartsState
  readonly sections: readonly Section[]
  readonly onChange: (next: ChartsState) => void
}

/** Actions on the cards of a panel. The object is stable, so that memoized cards do not render. */
export function useCardActions(options: ActionsOptions) {
  const latest = useRef(options)
  latest.current = options
  const [edited, setEdited] = useState<Card>()
  const openId = options.state.open
  return useMemo(() => {
    const change = (next: (state: ChartsState) => ChartsState) =>
      latest.current.onChange(next(latest.current.state))
    const sectionOf = (card: Card) =>
      latest.current.sections.find(({ cards }) => cards.some(({ id }) => id === card.id))
    const placeOf = (card: Card) => sectionOf(card)?.cards.findIndex(({ id }) => id === card.id) ?? 0
    return {
      openId,
      edited,
      edit: (card: Card | undefined) => setEdited(card),
      put: (card: Card) => change((state) => putCard(state, card)),
      duplicate: (card: Card) => change((state) => duplicateCard(state, card)),
      remove: (card: Card) => change((state) => removeCard(state, card)),
      open: (id: string | undefined) => change((state) => openCard(state, id)),
      toggle: (section: string) => change((state) => toggleSection(state, section)),
      move: (card: Card, by: number) => {
        const section = sectionOf(card)
        if (section) change((state) => moveCard(state, section, card.id, placeOf(card) + by))
      },
      /** Puts a card at the place of another one of its section. */
      moveTo: (card: Card, targetId: string) => {
        const section = sectionOf(card)
        const place = section?.cards.findIndex(({ id }) => id === targetId) ?? -1
        if (section && place >= 0 && targetId !== card.id)
          change((state) => moveCard(state, section, card.id, place))
      },
      positionOf: (card: Card) => [placeOf(card) + 1, sectionOf(card)?.cards.length ?? 1] as const,
      linkOf: (card: Card) => linkTo(location.href, stateToText(openCard(latest.current.state, card.id))),
    }
  }, [openId, edited])
}
