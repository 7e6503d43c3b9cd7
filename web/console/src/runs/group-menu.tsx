import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunKeys } from '../api/runs.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { SearchField } from '../ui/search-field.js'
import { Segments } from '../ui/segments.js'
import { availableGroupings, type Grouping, groupingId, MAX_GROUPINGS } from './grouping.js'
import { SPREADS } from './spread.js'
import { useGroupingLabel } from './use-grouping-label.js'
import type { RunsState } from './use-runs-state.js'

const MAX_SHOWN = 60

interface GroupMenuProps {
  readonly state: RunsState
  readonly known: RunKeys | undefined
}

/** Chooses the keys that group the rows, and the spread that a group shows beside its mean. */
export function GroupMenu({ state, known }: GroupMenuProps) {
  const { t } = useTranslation()
  const label = useGroupingLabel()
  return (
    <Popover
      align="end"
      className={state.groupBy.length > 0 ? 'button active' : 'button'}
      label={
        <>
          <Icon name="group" />
          {state.groupBy.length > 0
            ? t('runsTable.groupedBy', { name: state.groupBy.map(label).join(', ') })
            : t('runsTable.group')}
        </>
      }
    >
      {() => <Picker state={state} known={known} />}
    </Popover>
  )
}

function Picker({ state, known }: GroupMenuProps) {
  const { t } = useTranslation()
  const label = useGroupingLabel()
  const [search, setSearch] = useState('')
  const { groupBy } = state
  const chosen = new Set(groupBy.map(groupingId))
  const wanted = search.trim().toLowerCase()
  const found = availableGroupings(known ?? { metrics: [], params: [], tags: [] }).filter(
    (one) =>
      !chosen.has(groupingId(one)) && `${groupingId(one)} ${label(one)}`.toLowerCase().includes(wanted),
  )
  const box = (one: Grouping, checked: boolean) => (
    <div className="picker-row" key={groupingId(one)}>
      <label>
        <input
          type="checkbox"
          checked={checked}
          disabled={!checked && groupBy.length >= MAX_GROUPINGS}
          onChange={() =>
            state.setGroupBy(
              checked ? groupBy.filter((other) => groupingId(other) !== groupingId(one)) : [...groupBy, one],
            )
          }
        />
        <span className="truncate" title={groupingId(one)}>
          {label(one)}
        </span>
      </label>
    </div>
  )
  return (
    <div className="picker">
      <div className="picker-head single">
        <SearchField label={t('runsTable.searchGroupings')} value={search} onChange={setSearch} />
        {groupBy.length > 0 && (
          <Segments
            label={t('runsTable.spread')}
            value={state.spread}
            options={SPREADS.map((spread) => ({ value: spread, label: t(`runsTable.spread_${spread}`) }))}
            onChange={state.setSpread}
          />
        )}
      </div>
      <div className="picker-list">
        {groupBy.length > 0 && (
          <fieldset>
            <legend>{t('runsTable.grouping')}</legend>
            {groupBy.map((one) => box(one, true))}
          </fieldset>
        )}
        <fieldset>
          <legend>{t('runsTable.groupBy')}</legend>
          {found.slice(0, MAX_SHOWN).map((one) => box(one, false))}
          {found.length > MAX_SHOWN && (
            <p className="muted">{t('runs.moreColumns', { count: found.length - MAX_SHOWN })}</p>
          )}
        </fieldset>
      </div>
    </div>
  )
}
