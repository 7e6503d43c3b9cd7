import { useVirtualizer } from '@tanstack/react-virtual'
import { useDeferredValue, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SpanSummary } from '../api/traces.js'
import { formatShortDuration, useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { SearchField } from '../ui/search-field.js'
import { matchingSpans, type SpanOrder, type SpanTree, treeRows } from './span-tree.js'
import { SpanTreeItem } from './span-tree-item.js'
import { useTreeKeys } from './use-tree-keys.js'

const ROW_PX = 30

interface SpanTreeViewProps {
  readonly tree: SpanTree
  readonly spans: readonly SpanSummary[]
  readonly selected: string
  readonly onSelect: (spanId: string) => void
}

/**
 * The spans as a tree with the bar of each on a common timeline. A tree by the pattern of ARIA with one tab stop; only the
 * rows in view are in the page.
 */
export function SpanTreeView({ tree, spans, selected, onSelect }: SpanTreeViewProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<SpanOrder>('start')
  const wanted = useDeferredValue(search.trim())
  const rows = useMemo(
    () =>
      treeRows(tree.roots, {
        ...{ collapsed, order },
        keep: wanted ? matchingSpans(spans, wanted) : undefined,
      }),
    [tree, collapsed, order, spans, wanted],
  )
  const rowWindow = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.node.span.span_id,
    overscan: 10,
  })
  const keys = useTreeKeys({
    ...{ rows, collapsed, setCollapsed, selected, onSelect },
    scrollTo: (index) => rowWindow.scrollToIndex(index),
  })
  return (
    <section className="panel span-tree" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          {t('spans.title')} <span className="muted">{format.integer(spans.length)}</span>
        </h2>
        <SearchField label={t('spans.search')} value={search} onChange={setSearch} />
        <button
          type="button"
          className="button ghost icon-only"
          aria-label={t('spans.slowestFirst')}
          aria-pressed={order === 'slowest'}
          title={t('spans.slowestFirst')}
          onClick={() => {
            setOrder(order === 'slowest' ? 'start' : 'slowest')
            rowWindow.scrollToOffset(0)
          }}
        >
          <Icon name="clock" />
        </button>
        <FoldAll tree={tree} collapsed={collapsed} setCollapsed={setCollapsed} spans={spans} />
      </header>
      <TimeAxis total={tree.total} />
      {rows.length === 0 ? (
        <p className="body muted" role="status">
          {t('spans.noMatch')}
        </p>
      ) : (
        <div
          ref={scroller}
          className="span-scroll"
          role="tree"
          aria-label={t('spans.tree')}
          onKeyDown={keys.onKeyDown}
        >
          <div className="span-rows" style={{ height: rowWindow.getTotalSize() }}>
            {rowWindow.getVirtualItems().map(({ index, start, key }) => (
              <SpanTreeItem
                key={key}
                row={rows[index]!}
                top={start}
                total={tree.total}
                selected={rows[index]!.node.span.span_id === selected}
                current={rows[index]!.node.span.span_id === keys.current}
                expanded={!collapsed.has(rows[index]!.node.span.span_id)}
                onSelect={keys.select}
                onToggle={keys.toggle}
              />
            ))}
          </div>
        </div>
      )}
    </section>
  )
}

interface FoldAllProps {
  readonly tree: SpanTree
  readonly spans: readonly SpanSummary[]
  readonly collapsed: ReadonlySet<string>
  readonly setCollapsed: (collapsed: ReadonlySet<string>) => void
}

/** Collapses everything below the roots, or expands everything. */
function FoldAll({ tree, spans, collapsed, setCollapsed }: FoldAllProps) {
  const { t } = useTranslation()
  const isFolded = collapsed.size > 0
  const name = isFolded ? t('spans.expandAll') : t('spans.collapseAll')
  const collapse = () => {
    const roots = new Set(tree.roots.map(({ span }) => span.span_id))
    setCollapsed(
      new Set(
        spans
          .map(({ parent_span_id }) => parent_span_id)
          .filter((id): id is string => id !== undefined && !roots.has(id)),
      ),
    )
  }
  return (
    <button
      type="button"
      className="button ghost icon-only"
      aria-label={name}
      title={name}
      onClick={() => (isFolded ? setCollapsed(new Set()) : collapse())}
    >
      <Icon name={isFolded ? 'plus' : 'menu'} />
    </button>
  )
}

const TICKS = [0, 0.25, 0.5, 0.75, 1]

function TimeAxis({ total }: { total: number }) {
  return (
    <div className="span-axis" aria-hidden="true">
      <span />
      <div>
        {TICKS.map((part) => (
          <span key={part} style={{ insetInlineStart: `${part * 100}%` }}>
            {formatShortDuration(total * part)}
          </span>
        ))}
      </div>
    </div>
  )
}
