import type { Film } from '../films/film.js'
import { useTitle } from '../films/use-title.js'
import { useMessages } from '../i18n/use-messages.js'
import { type Choices, MAX_PICKS } from '../picks/address.js'
import { moveItem } from '../picks/order.js'
import { announce } from './announcer.js'

/** Changes to the picked films, announced to screen readers. */
export function usePicks(
  picks: readonly string[],
  films: readonly Film[],
  change: (change: Partial<Choices>) => void,
) {
  const messages = useMessages().picks
  const titleOf = useTitle()
  return {
    isPicked: (key: string) => picks.includes(key),
    add(film: Film) {
      if (picks.includes(film.key)) return
      if (picks.length >= MAX_PICKS) return announce(messages.full(MAX_PICKS))
      change({ picks: [...picks, film.key] })
      announce(messages.added(titleOf(film).title, picks.length + 1))
    },
    remove(key: string) {
      const film = films.find((candidate) => candidate.key === key)
      change({ picks: picks.filter((pick) => pick !== key) })
      announce(messages.removed(film ? titleOf(film).title : key, picks.length - 1))
    },
    move(from: number, to: number) {
      const film = films[from]
      if (!film || from === to) return
      change({ picks: moveItem(picks, from, to) })
      announce(messages.moved(titleOf(film).title, to + 1, picks.length))
    },
    clear() {
      change({ picks: [] })
      announce(messages.cleared)
    },
  }
}
