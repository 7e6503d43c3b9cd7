import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import type { Card } from './card.js'
import { CardFrame } from './card-frame.js'
import { MEDIA_SECTION, METRICS_SECTION, OWN_SECTION, PARAMS_SECTION, type Section } from './sections.js'
import type { CardActions } from './use-card-actions.js'

/** Cards whose frames are rendered at once; more follow on demand. */
const PAGE = 60
const MIN_COLUMN_PX = 320
const GAP_PX = 12

type SectionTitle = 'cards.ownSection' | 'kind.params' | 'kind.metrics' | 'cards.mediaSection'

const TITLES: ReadonlyMap<string, SectionTitle> = new Map<string, SectionTitle>([
  [OWN_SECTION, 'cards.ownSection'],
  [PARAMS_SECTION, 'kind.params'],
  [METRICS_SECTION, 'kind.metrics'],
  [MEDIA_SECTION, 'cards.mediaSection'],
])

interface SectionCardsProps {
  readonly section: Section
  readonly actions: CardActions
  /** True if the cards are those that a search found. */
  readonly isFound: boolean
}

/** A section of cards, which folds. */
export function SectionCards({ section, actions, isFound }: SectionCardsProps) {
  const { t } = useTranslation()
  const { name, folded, cards } = section
  if (isFound && cards.length === 0) return null
  const title = TITLES.has(name) ? t(TITLES.get(name)!) : name
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div role="group" className="card-section" aria-label={title}>
      <h2>
        <button
          type="button"
          className="section-toggle"
          aria-expanded={!folded}
          disabled={isFound}
          onClick={() => actions.toggle(name)}
        >
          <Icon name="chevron" size={12} />
          {title}
          <span className="muted">{cards.length}</span>
        </button>
      </h2>
      {!folded && <Grid cards={cards} actions={actions} />}
    </div>
  )
}

function Grid({ cards, actions }: { cards: readonly Card[]; actions: CardActions }) {
  const { t } = useTranslation()
  const [host, columns] = useColumns()
  const [limit, setLimit] = useState(PAGE)
  const [moved, setMoved] = useState('')
  const [target, setTarget] = useState<string>()
  const announcing = {
    ...actions,
    move: (card: Card, by: number) => {
      actions.move(card, by)
      const [place, count] = actions.positionOf(card)
      const next = Math.min(count, Math.max(1, place + by))
      setMoved(t('cards.moved', { place: next, count }))
    },
  }
  return (
    <>
      <div
        ref={host}
        className="card-grid"
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        {cards.slice(0, limit).map((card) => (
          <CardFrame
            key={card.id}
            card={card}
            columns={columns}
            actions={announcing}
            isTarget={card.id === target}
            onOver={setTarget}
          />
        ))}
      </div>
      <p className="visually-hidden" role="status">
        {moved}
      </p>
      {cards.length > limit && (
        <button type="button" className="button" onClick={() => setLimit(limit + PAGE)}>
          {t('cards.more', { count: cards.length - limit })}
        </button>
      )}
    </>
  )
}

/** How many columns fit into the width of the grid. */
function useColumns() {
  const host = useRef<HTMLDivElement>(null)
  const [columns, setColumns] = useState(1)
  useEffect(() => {
    const element = host.current!
    const measure = () =>
      setColumns(Math.max(1, Math.floor((element.clientWidth + GAP_PX) / (MIN_COLUMN_PX + GAP_PX))))
    measure()
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    return () => resized.disconnect()
  }, [])
  return [host, columns] as const
}
