import type { Card } from './card.js'
import type { ChartsState } from './charts-state.js'
import { movesBetween } from './moves.js'
import type { Section } from './sections.js'

/** Changes of the arrangement of cards. Each returns a new state. */

export const putCard = (state: ChartsState, card: Card): ChartsState => ({
  ...state,
  cards: new Map(state.cards).set(card.id, card),
})

/** An id that no card has. */
export function freeId({ cards, removed }: ChartsState): string {
  let number = 1
  while (cards.has(`c.${number}`) || removed.has(`c.${number}`)) number++
  return `c.${number}`
}

/** A copy behind its original. */
export function duplicateCard(state: ChartsState, card: Card): ChartsState {
  const id = freeId(state)
  const added = putCard(state, { ...card, id })
  return { ...added, moves: [...added.moves, [id, card.id]] }
}

export function removeCard(state: ChartsState, { id }: Card): ChartsState {
  const cards = new Map(state.cards)
  cards.delete(id)
  return {
    ...state,
    cards,
    removed: id.startsWith('c.') ? state.removed : new Set(state.removed).add(id),
    moves: state.moves.filter(([moved, after]) => moved !== id && after !== id),
    open: state.open === id ? undefined : state.open,
  }
}

/** Moves a card of a section to a place among its other cards. @param place from 0; clamped to the list */
export function moveCard(
  state: ChartsState,
  { cards, unmoved }: Section,
  id: string,
  place: number,
): ChartsState {
  const order = cards.map((card) => card.id).filter((other) => other !== id)
  order.splice(Math.max(0, place), 0, id)
  const here = new Set(order)
  const elsewhere = state.moves.filter(([moved]) => !here.has(moved))
  return { ...state, moves: [...elsewhere, ...movesBetween(unmoved, order)] }
}

export function toggleSection(state: ChartsState, name: string): ChartsState {
  const toggled = new Set(state.toggled)
  if (!toggled.delete(name)) toggled.add(name)
  return { ...state, toggled }
}

/** @param id undefined closes the card that fills the window */
export const openCard = (state: ChartsState, id: string | undefined): ChartsState => ({ ...state, open: id })
