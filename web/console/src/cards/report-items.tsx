import { useTranslation } from 'react-i18next'
import type { Block } from '../reports/block.js'
import { MAX_RUNS } from '../reports/block-options.js'
import { blockOfCard } from '../reports/card-block.js'
import { writeBlock } from '../reports/write-block.js'
import { Icon } from '../ui/icon.js'
import { type Card, READING_ALL } from './card.js'
import { useCards, useRunsWithin } from './cards-context.js'
import { CopyItem } from './copy-item.js'

interface ReportItemsProps {
  readonly card: Card
  /** Called with the block to add to a report. */
  readonly onAdd: (block: Block) => void
}

/** Copies the block of a report that draws the card as it is, or adds it to a report. */
export function ReportItems({ card, onAdd }: ReportItemsProps) {
  const { t } = useTranslation()
  const { runs: all, within: brushed, view, reportSource } = useCards()
  const within = useRunsWithin()
  if (!reportSource) return null
  const isPart = brushed !== undefined && !READING_ALL.includes(card.kind)
  const runs = isPart ? within : all
  const source = isPart ? { ...reportSource, limit: undefined } : reportSource
  const block = blockOfCard({ card, view, runs, source })
  if (typeof block === 'string') return <p className="menu-note muted">{t(`cards.noBlock_${block}`)}</p>
  const isCut = runs.length > MAX_RUNS
  return (
    <>
      <CopyItem
        icon="copy"
        label={t('cards.copyBlock')}
        copied={isCut ? t('cards.copiedFirst', { count: MAX_RUNS }) : t('common.copied')}
        text={writeBlock(block)}
      />
      <button type="button" className="menu-item" onClick={() => onAdd(block)}>
        <Icon name="reports" size={14} />
        {t('cards.addToReport')}
      </button>
    </>
  )
}
